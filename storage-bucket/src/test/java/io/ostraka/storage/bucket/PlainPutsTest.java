package io.ostraka.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.storage.bucket.S3Clients.Ways;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The puts past the SDK's pipeline are those that the SDK itself would send. */
final class PlainPutsTest {
  private static final Map<String, String> KEYS =
      Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret");
  private static final Content CONTENT = Content.of("some bytes".getBytes(StandardCharsets.UTF_8));
  private static final Duration TIME = Duration.ofSeconds(9);

  private final Wire wire = new Wire();

  @Test
  void areWhatTheSdkSendsToAws() {
    assertSame(Map.of("AWS_REGION", "eu-west-1"), create("runs/project=a b/ä~*+%2F.parquet"));
  }

  @Test
  void areWhatTheSdkSendsToAServerOfOnesOwn() {
    assertSame(Map.of("AWS_ENDPOINT_URL", "http://127.0.0.1:8333"), create("runs/x.parquet"));
    assertSame(Map.of("AWS_ENDPOINT_URL", "https://store.example/s3/"), create("runs/x.parquet"));
  }

  @Test
  void areWhatTheSdkSendsWithASessionAndOptions() {
    PutObjectRequest request =
        create("k").toBuilder()
            .ifNoneMatch(null)
            .ifMatch("\"tag\"")
            .serverSideEncryption("aws:kms")
            .ssekmsKeyId("key")
            .storageClass("STANDARD_IA")
            .build();
    assertSame(Map.of("AWS_REGION", "us-west-2", "AWS_SESSION_TOKEN", "token"), request);
  }

  @Test
  void failAsTheSdkFails() {
    wire.status = 503;
    wire.body = "<Error><Code>SlowDown</Code><Message>Please reduce</Message></Error>";
    try (Ways ways = ways(Map.of())) {
      assertThatThrownBy(() -> ways.puts().orElseThrow().put(create("k"), CONTENT, TIME))
          .isInstanceOfSatisfying(
              S3Exception.class,
              failure -> {
                assertThat(failure.statusCode()).isEqualTo(503);
                assertThat(Outcome.of(failure)).isEqualTo(Outcome.TOO_FAST);
                assertThat(failure.awsErrorDetails().errorMessage()).isEqualTo("Please reduce");
              });
    }
  }

  @Test
  void areOfNoUseWithAClockThatIsOff() {
    wire.status = 403;
    wire.body = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
    try (Ways ways = ways(Map.of())) {
      PlainPuts puts = ways.puts().orElseThrow();
      assertThat(puts.areOfUse()).isTrue();
      assertThatThrownBy(() -> puts.put(create("k"), CONTENT, TIME));
      assertThat(puts.areOfUse()).isFalse();
    }
  }

  @Test
  void failAsTheSdkFailsWhenTheFileIsGone(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "some bytes");
    Content content = Content.of(file, 0, 10);
    Files.delete(file);
    try (Ways ways = ways(Map.of("AWS_ENDPOINT_URL", "http://127.0.0.1:8333"))) {
      assertThatThrownBy(() -> ways.puts().orElseThrow().put(create("k"), content, TIME))
          .isInstanceOf(SdkClientException.class);
    }
  }

  @Test
  void endWhenTheirTimeIsOver() {
    wire.isSilent = true;
    try (Ways ways = ways(Map.of())) {
      assertThatThrownBy(
              () -> ways.puts().orElseThrow().put(create("k"), CONTENT, Duration.ofMillis(5)))
          .isInstanceOf(ApiCallAttemptTimeoutException.class);
    }
  }

  private void assertSame(Map<String, String> variables, PutObjectRequest request) {
    wire.seen.clear();
    try (Ways ways = ways(variables)) {
      ways.client().putObject(request, CONTENT.body());
      assertThat(ways.puts().orElseThrow().put(request, CONTENT, TIME)).contains("\"etag\"");
    }
    SdkHttpRequest sdk = wire.seen.get(0);
    SdkHttpRequest plain = wire.seen.get(1);
    assertThat(plain.method()).isEqualTo(sdk.method());
    assertThat(plain.getUri()).isEqualTo(sdk.getUri());
    assertThat(headers(plain)).isEqualTo(headers(sdk));
  }

  /** Those that say what is wanted, not when and by whom. */
  private static Map<String, List<String>> headers(SdkHttpRequest request) {
    Map<String, List<String>> headers = new TreeMap<>();
    request.headers().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    assertThat(headers.remove("authorization").get(0)).contains("Credential=id/");
    headers.keySet().removeIf(name -> name.startsWith("amz-sdk-"));
    headers.keySet().removeAll(List.of("x-amz-date", "user-agent"));
    return headers;
  }

  private static PutObjectRequest create(String key) {
    return PutObjectRequest.builder()
        .bucket("team-runs")
        .key(key)
        .contentLength(CONTENT.length())
        .contentMD5(CONTENT.md5())
        .metadata(Map.of(BucketObjects.CRC, CONTENT.crc(), BucketObjects.PUT_ID, "1f"))
        .ifNoneMatch("*")
        .build();
  }

  private Ways ways(Map<String, String> variables) {
    Map<String, String> all = new TreeMap<>(KEYS);
    all.putAll(variables);
    return new S3Clients(BucketSettings.of(all, Path.of("cache"))).ways(wire);
  }

  /** Keeps requests and answers all of them the same. */
  private static final class Wire implements SdkHttpClient {
    private final List<SdkHttpRequest> seen = new ArrayList<>();
    private int status = 200;
    private String body = "";
    private boolean isSilent;

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      seen.add(request.httpRequest());
      CountDownLatch aborted = new CountDownLatch(1);
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() throws IOException {
          if (isSilent) {
            awaitAbort(aborted);
          }
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          return HttpExecuteResponse.builder()
              .response(
                  SdkHttpResponse.builder()
                      .statusCode(status)
                      .putHeader("ETag", "\"etag\"")
                      .putHeader("Content-Length", String.valueOf(bytes.length))
                      .build())
              .responseBody(AbortableInputStream.create(new ByteArrayInputStream(bytes)))
              .build();
        }

        @Override
        public void abort() {
          aborted.countDown();
        }
      };
    }

    private static void awaitAbort(CountDownLatch aborted) throws IOException {
      try {
        assertThat(aborted.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      throw new IOException("aborted");
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
