package io.ostraka.storage.bucket;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How buckets are reached. What is empty is found as every AWS tool finds it: variables, the files
 * of profiles, the machine's role.
 *
 * @param region the region that requests are signed for
 * @param endpoint the address of a server that is not AWS
 * @param pathStyle whether the bucket is the first part of the path and not of the host's name;
 *     empty: if there is an endpoint
 * @param profile the name of the profile
 * @param keys an access key given directly
 * @param anonymous whether requests are not signed, for a bucket that everybody may read
 * @param encryption what the server encrypts with: {@code AES256}, {@code aws:kms} or {@code
 *     aws:kms:dsse}
 * @param kmsKey the key's id, with {@code aws:kms}
 * @param storageClass of published shards; cards, which are replaced often, keep the bucket's own
 * @param cache the folder of the local cache of objects
 * @param cacheBytes how large it may grow
 * @param patience how requests are given up and repeated
 */
public record BucketSettings(
    Optional<String> region,
    Optional<URI> endpoint,
    Optional<Boolean> pathStyle,
    Optional<String> profile,
    Optional<AccessKeys> keys,
    boolean anonymous,
    Optional<String> encryption,
    Optional<String> kmsKey,
    Optional<String> storageClass,
    Path cache,
    long cacheBytes,
    Patience patience) {
  /** The size of the cache where nobody says another: 4 GiB. */
  public static final long CACHE_BYTES = 4L << 30;

  /**
   * An access key.
   *
   * @param id its public part
   * @param secret its secret part
   * @param token of a session, empty for a key that does not expire
   */
  public record AccessKeys(String id, String secret, Optional<String> token) {
    /** Without the secret. */
    @Override
    public String toString() {
      return "AccessKeys[" + id + "]";
    }
  }

  /**
   * How long requests are waited for and how often they are repeated.
   *
   * @param connect for a connection
   * @param silence for the next bytes of an answer
   * @param attempt for a whole request without its body
   * @param attempts how often a request is made at most
   * @param firstPause the longest pause before the first repetition, doubled each time
   * @param longestPause the longest one of all
   */
  public record Patience(
      Duration connect,
      Duration silence,
      Duration attempt,
      int attempts,
      Duration firstPause,
      Duration longestPause) {
    /** For people and machines. */
    public static final Patience DEFAULT =
        new Patience(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            5,
            Duration.ofMillis(100),
            Duration.ofSeconds(5));

    /** Checks the numbers. */
    public Patience {
      if (attempts < 1) {
        throw new IllegalArgumentException(attempts + " attempts are none: give at least 1");
      }
    }
  }

  /**
   * Reads the variables that AWS's tools know, and our own.
   *
   * @param home the folder below which caches lie by default, for example {@code ~/.cache}
   * @throws IllegalArgumentException if one cannot be what it says
   */
  public static BucketSettings of(Map<String, String> variables, Path home) {
    Variables given = new Variables(variables);
    Optional<AccessKeys> keys =
        given
            .text("AWS_ACCESS_KEY_ID")
            .flatMap(
                id ->
                    given
                        .text("AWS_SECRET_ACCESS_KEY")
                        .map(
                            secret -> new AccessKeys(id, secret, given.text("AWS_SESSION_TOKEN"))));
    return new BucketSettings(
        given.text("AWS_REGION").or(() -> given.text("AWS_DEFAULT_REGION")),
        given
            .text("AWS_ENDPOINT_URL_S3")
            .or(() -> given.text("AWS_ENDPOINT_URL"))
            .map(BucketSettings::address),
        given.yesOrNo("OSTRAKA_S3_PATH_STYLE"),
        given.text("AWS_PROFILE"),
        keys,
        given.yesOrNo("OSTRAKA_S3_ANONYMOUS").orElse(false),
        given.text("OSTRAKA_S3_ENCRYPTION"),
        given.text("OSTRAKA_S3_KMS_KEY"),
        given.text("OSTRAKA_S3_STORAGE_CLASS"),
        given.text("OSTRAKA_CACHE").map(Path::of).orElse(home.resolve("ostraka-cache")),
        given.text("OSTRAKA_CACHE_LIMIT").map(BucketSettings::bytes).orElse(CACHE_BYTES),
        Patience.DEFAULT);
  }

  private static URI address(String text) {
    URI address;
    try {
      address = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw noAddress(text, e);
    }
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (address.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw noAddress(text, null);
    }
    return address;
  }

  private static IllegalArgumentException noAddress(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "Cannot use AWS_ENDPOINT_URL \"" + text + "\": write http://HOST:PORT or https://HOST",
        cause);
  }

  private static long bytes(String text) {
    try {
      long bytes = Long.parseLong(text);
      if (bytes >= 0) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "Cannot use OSTRAKA_CACHE_LIMIT \"" + text + "\": give a number of bytes");
  }

  /** Variables that are set to nothing count as not set. */
  private record Variables(Map<String, String> all) {
    Optional<String> text(String name) {
      return Optional.ofNullable(all.get(name)).filter(value -> !value.isBlank());
    }

    Optional<Boolean> yesOrNo(String name) {
      return text(name)
          .map(
              value ->
                  switch (value.toLowerCase(Locale.ROOT)) {
                    case "1", "true", "yes" -> true;
                    case "0", "false", "no" -> false;
                    default ->
                        throw new IllegalArgumentException(
                            "Cannot use " + name + " \"" + value + "\": set it to 1 or 0");
                  });
    }
  }
}
