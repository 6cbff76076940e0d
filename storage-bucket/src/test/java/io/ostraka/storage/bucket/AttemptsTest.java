package io.ostraka.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ostraka.storage.bucket.Attempts.Failed;
import io.ostraka.storage.bucket.BucketSettings.Patience;
import io.ostraka.storage.bucket.RequestCounter.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

final class AttemptsTest {
  private static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          6,
          Duration.ofMillis(100),
          Duration.ofMillis(1000));

  private final List<Duration> pauses = new ArrayList<>();
  private final RequestCounter counter = new RequestCounter();
  private final BucketErrors errors =
      new BucketErrors(BucketRoot.parse(URI.create("s3://bucket")), "the server", "us-east-1");

  @Test
  void pausesAreRandomPartsOfABoundThatDoublesUpToTheLongest() {
    for (int seed = 0; seed < 200; seed++) {
      Failed failed = fail(seed, SdkClientException.create("cut"));
      assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN);
      assertThat(failed.mayHaveLanded()).isTrue();
    }
    assertThat(counter.count().put()).isEqualTo(200 * 6);
    assertBounds(100, 200, 400, 800, 1000);
  }

  @Test
  void aServerThatAsksForFewerRequestsGetsLongerPauses() {
    for (int seed = 0; seed < 200; seed++) {
      assertThat(fail(seed, answer(503, "SlowDown")).outcome()).isEqualTo(Outcome.TOO_FAST);
    }
    assertBounds(1000, 1000, 1000, 1000, 1000);
  }

  @Test
  void whatRepeatingWouldNotHelpIsAskedOnce() {
    assertThat(fail(1, answer(403, "AccessDenied")).outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(fail(1, answer(404, "NoSuchKey")).outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(fail(1, answer(404, "NoSuchBucket")).outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(fail(1, answer(412, "PreconditionFailed")).outcome())
        .isEqualTo(Outcome.CONDITION_FAILED);
    assertThat(fail(1, answer(501, "NotImplemented")).outcome()).isEqualTo(Outcome.NOT_IMPLEMENTED);
    assertThat(fail(1, SdkClientException.create("Unable to load credentials")).outcome())
        .isEqualTo(Outcome.REFUSED);
    assertThat(pauses).isEmpty();
    assertThat(counter.count().put()).isEqualTo(6);
  }

  /** Each pause within its bound, and over many seeds close to both ends of it. */
  private void assertBounds(long... bounds) {
    for (int i = 0; i < bounds.length; i++) {
      List<Long> of = new ArrayList<>();
      for (int p = i; p < pauses.size(); p += bounds.length) {
        of.add(pauses.get(p).toMillis());
      }
      assertThat(of).hasSize(200).allMatch(new Below(bounds[i])::holds);
      assertThat(of.stream().mapToLong(Long::longValue).max().orElseThrow())
          .isGreaterThan(bounds[i] * 8 / 10);
      assertThat(of.stream().mapToLong(Long::longValue).min().orElseThrow())
          .isLessThan(bounds[i] * 2 / 10);
    }
  }

  private record Below(long bound) {
    boolean holds(long value) {
      return value < bound;
    }
  }

  private Failed fail(int seed, SdkException failure) {
    Attempts attempts = new Attempts(PATIENCE, counter, new Random(seed), pauses::add);
    Failed[] failed = new Failed[1];
    assertThatExceptionOfType(Failed.class)
        .isThrownBy(
            () ->
                attempts.make(
                    Kind.PUT,
                    "put",
                    "x",
                    errors,
                    () -> {
                      throw failure;
                    }))
        .satisfies(e -> failed[0] = e);
    return failed[0];
  }

  private static SdkException answer(int status, String code) {
    return S3Exception.builder()
        .statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
        .build();
  }
}
