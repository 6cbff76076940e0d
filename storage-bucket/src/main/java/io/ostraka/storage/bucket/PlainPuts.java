package io.ostraka.storage.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Puts of one request each, signed by the SDK's signer and sent by its HTTP client, and nothing
 * between. Safe for threads.
 *
 * <p>More than half of what the SDK's own call costs the processor for 10 kB goes into what a put
 * of ours does not need: interceptors, rules of endpoints and schemes, marshalling. A sync of small
 * files is nothing but such calls. What fails is made again by the SDK's call, which knows all
 * there is to know, for example by how much the clock is off.
 */
final class PlainPuts {
  private static final int MOST_ERROR_BYTES = 64 * 1024;
  private static final Pattern CODE = Pattern.compile("<Code>([^<]*)</Code>");
  private static final Pattern MESSAGE = Pattern.compile("<Message>([^<]*)</Message>");

  private final S3Client client;
  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials;
  private final String region;
  private final ScheduledExecutorService watch;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final Map<String, String> addresses = new ConcurrentHashMap<>();
  private volatile boolean isClockOff;

  /**
   * Puts by the connections of a client.
   *
   * @param client tells where buckets are
   * @param watch ends attempts that take too long
   */
  PlainPuts(
      S3Client client,
      SdkHttpClient http,
      AwsCredentialsProvider credentials,
      String region,
      ScheduledExecutorService watch) {
    this.client = client;
    this.http = http;
    this.credentials = credentials;
    this.region = region;
    this.watch = watch;
  }

  /** Whether it is worth trying: not with a clock that the SDK's call alone allows for. */
  boolean areOfUse() {
    return !isClockOff;
  }

  /**
   * Makes one attempt.
   *
   * @param time how long it may take
   * @return the answer's ETag, empty if it has none
   * @throws SdkException as the SDK's own call throws it
   */
  Optional<String> put(PutObjectRequest request, Content content, Duration time) {
    try {
      return send(request, content.body().contentStreamProvider(), time);
    } catch (SdkException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // The latter of a file that is gone, for example.
      if (Thread.currentThread().isInterrupted()) {
        throw AbortedException.create("interrupted", e);
      }
      throw SdkClientException.create("Unable to execute HTTP request: " + e.getMessage(), e);
    }
  }

  private Optional<String> send(PutObjectRequest request, ContentStreamProvider body, Duration time)
      throws IOException {
    ExecutableHttpRequest call =
        http.prepareRequest(
            HttpExecuteRequest.builder()
                .request(signed(plain(request), body))
                .contentStreamProvider(body)
                .build());
    AtomicBoolean isLate = new AtomicBoolean();
    ScheduledFuture<?> end =
        watch.schedule(
            () -> {
              isLate.set(true);
              call.abort();
            },
            time.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      return etag(call.call());
    } catch (IOException | RuntimeException e) {
      if (isLate.get()) {
        throw ApiCallAttemptTimeoutException.create(time.toMillis());
      }
      throw e;
    } finally {
      end.cancel(false);
    }
  }

  private SdkHttpRequest plain(PutObjectRequest request) {
    SdkHttpRequest.Builder plain =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.PUT)
            .uri(URI.create(address(request.bucket()) + encoded(request.key())))
            .putHeader("Content-Length", String.valueOf(request.contentLength()))
            .putHeader("Content-MD5", request.contentMD5())
            .putHeader("Content-Type", "application/octet-stream");
    request.metadata().forEach((name, value) -> plain.putHeader("x-amz-meta-" + name, value));
    put(plain, "If-None-Match", request.ifNoneMatch());
    put(plain, "If-Match", request.ifMatch());
    put(plain, "x-amz-server-side-encryption", request.serverSideEncryptionAsString());
    put(plain, "x-amz-server-side-encryption-aws-kms-key-id", request.ssekmsKeyId());
    put(plain, "x-amz-storage-class", request.storageClassAsString());
    return plain.build();
  }

  private static void put(SdkHttpRequest.Builder request, String header, @Nullable String value) {
    if (value != null) {
      request.putHeader(header, value);
    }
  }

  /** Where a bucket's objects are, with a slash at the end. */
  private String address(String bucket) {
    return addresses.computeIfAbsent(
        bucket,
        it -> {
          String ofOne = client.utilities().getUrl(url -> url.bucket(it).key("k")).toString();
          return ofOne.substring(0, ofOne.length() - 1);
        });
  }

  private static String encoded(String key) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~")
        .replace("%2F", "/");
  }

  private SdkHttpRequest signed(SdkHttpRequest request, ContentStreamProvider body) {
    AwsCredentials who = credentials.resolveCredentials();
    return signer
        .sign(
            it ->
                it.identity(who)
                    .request(request)
                    .payload(body)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                    .putProperty(
                        AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED,
                        !request.protocol().equals("https")))
        .request();
  }

  private Optional<String> etag(HttpExecuteResponse answer) throws IOException {
    SdkHttpResponse head = answer.httpResponse();
    byte[] said = {};
    if (answer.responseBody().isPresent()) {
      try (InputStream in = answer.responseBody().get()) {
        said = in.readNBytes(MOST_ERROR_BYTES);
      }
    }
    if (!head.isSuccessful()) {
      throw failure(head, new String(said, StandardCharsets.UTF_8));
    }
    return head.firstMatchingHeader("ETag");
  }

  private SdkException failure(SdkHttpResponse head, String said) {
    AwsErrorDetails.Builder details = AwsErrorDetails.builder().sdkHttpResponse(head);
    first(CODE, said).ifPresent(details::errorCode);
    first(MESSAGE, said).ifPresent(details::errorMessage);
    S3Exception failure =
        (S3Exception)
            S3Exception.builder()
                .awsErrorDetails(details.build())
                .statusCode(head.statusCode())
                .message(first(MESSAGE, said).orElse("status " + head.statusCode()))
                .build();
    isClockOff |= Outcome.of(failure) == Outcome.CLOCK_OFF;
    return failure;
  }

  private static Optional<String> first(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }
}
