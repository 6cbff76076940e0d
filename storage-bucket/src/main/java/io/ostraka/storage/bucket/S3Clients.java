package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.BucketSettings.AccessKeys;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.profiles.ProfileProperty;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/**
 * Makes the SDK's client such that one call is one request: it neither repeats nor redirects, which
 * {@link Attempts} does and counts. Bytes are sent plainly with their MD5, which every
 * S3-compatible server knows; the SDK's own trailing checksums are not known to all.
 */
final class S3Clients {
  private static final String ANYWHERE = "us-east-1";
  private static final int CONNECTIONS = 64;

  private final BucketSettings settings;
  private final Optional<Profile> profile;

  S3Clients(BucketSettings settings) {
    this.settings = settings;
    this.profile = ProfileFile.defaultProfileFile().profile(settings.profile().orElse("default"));
  }

  /** The region that requests are signed for; servers that are not AWS take any. */
  String region() {
    return settings
        .region()
        .or(() -> profile.flatMap(it -> it.property(ProfileProperty.REGION)))
        .orElse(ANYWHERE);
  }

  /**
   * Ways to a server that share their connections.
   *
   * @param client for everything
   * @param puts for small objects; none where requests are not signed
   */
  record Ways(S3Client client, Optional<PlainPuts> puts, SdkHttpClient http)
      implements AutoCloseable {
    @Override
    public void close() {
      client.close();
      http.close();
    }
  }

  Ways ways() {
    return ways(
        Apache5HttpClient.builder()
            .maxConnections(CONNECTIONS)
            .connectionTimeout(settings.patience().connect())
            .socketTimeout(settings.patience().silence())
            .build());
  }

  Ways ways(SdkHttpClient http) {
    ScheduledExecutorService watch = watch();
    AwsCredentialsProvider credentials = credentials();
    S3Client client = client(http, credentials, watch);
    return new Ways(
        client,
        settings.anonymous()
            ? Optional.empty()
            : Optional.of(new PlainPuts(client, http, credentials, region(), watch)),
        http);
  }

  private S3Client client(
      SdkHttpClient http, AwsCredentialsProvider credentials, ScheduledExecutorService watch) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(region()))
            .credentialsProvider(credentials)
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(timing(watch))
            .httpClient(http);
    settings.endpoint().ifPresent(builder::endpointOverride);
    builder.forcePathStyle(settings.pathStyle().orElse(hasOwnServer()));
    return builder.build();
  }

  private boolean hasOwnServer() {
    return settings.endpoint().isPresent()
        || profile.flatMap(it -> it.property(ProfileProperty.ENDPOINT_URL)).isPresent()
        || profile.flatMap(it -> it.property("services")).isPresent();
  }

  private static ScheduledExecutorService watch() {
    ScheduledThreadPoolExecutor watch =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "s3-time-outs");
              thread.setDaemon(true);
              return thread;
            });
    watch.setRemoveOnCancelPolicy(true); // Else each put is remembered until its time is over.
    return watch;
  }

  private ClientOverrideConfiguration timing(ScheduledExecutorService watch) {
    ClientOverrideConfiguration.Builder timing =
        ClientOverrideConfiguration.builder()
            .retryStrategy(DefaultRetryStrategy.doNotRetry())
            .apiCallAttemptTimeout(settings.patience().attempt())
            .scheduledExecutorService(watch)
            .defaultProfileFileSupplier(ProfileFileSupplier.defaultSupplier());
    settings.profile().ifPresent(timing::defaultProfileName);
    return timing.build();
  }

  /** A key given directly, else the chain; a profile's file that changes is read again. */
  private AwsCredentialsProvider credentials() {
    if (settings.anonymous()) {
      return AnonymousCredentialsProvider.create();
    }
    if (settings.keys().isPresent()) {
      return StaticCredentialsProvider.create(credentials(settings.keys().get()));
    }
    DefaultCredentialsProvider.Builder chain =
        DefaultCredentialsProvider.builder().profileFile(ProfileFileSupplier.defaultSupplier());
    settings.profile().ifPresent(chain::profileName);
    return chain.build();
  }

  private static AwsCredentials credentials(AccessKeys keys) {
    return keys.token().isPresent()
        ? AwsSessionCredentials.create(keys.id(), keys.secret(), keys.token().get())
        : AwsBasicCredentials.create(keys.id(), keys.secret());
  }
}
