package io.ostraka.storage.bucket;

import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** What a request that did not succeed means for the one who made it. */
enum Outcome {
  /** There is no such object. */
  ABSENT,
  /** A condition of the request does not hold: the name is taken, or the object was replaced. */
  CONDITION_FAILED,
  /** It may have been done or not; trying again may help. */
  UNKNOWN,
  /** The server asks for fewer requests; trying again later helps. */
  TOO_FAST,
  /** The clock was off, and is set right for the next attempt. */
  CLOCK_OFF,
  /** The server does not know what it was asked for. */
  NOT_IMPLEMENTED,
  /** Trying again would not help. */
  REFUSED;

  private static final Set<String> TOO_FAST_CODES =
      Set.of(
          "SlowDown",
          "Throttling",
          "ThrottlingException",
          "TooManyRequests",
          "RequestLimitExceeded");
  private static final Set<String> CLOCK_CODES =
      Set.of("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture");

  /** Of bytes that were spoilt on their way, and of what a server calls a passing trouble. */
  private static final Set<String> PASSING_CODES =
      Set.of(
          "BadDigest",
          "InvalidDigest",
          "XAmzContentSHA256Mismatch",
          "XAmzContentChecksumMismatch",
          "IncompleteBody",
          "InternalError",
          "RequestTimeout",
          "OperationAborted",
          "ConditionalRequestConflict",
          "ServiceUnavailable");

  static Outcome of(SdkException failure) {
    if (failure instanceof AwsServiceException answer) {
      return ofAnswer(answer.statusCode(), code(answer));
    }
    return BucketErrors.isOfThisMachine(failure) ? REFUSED : UNKNOWN;
  }

  private static Outcome ofAnswer(int status, String code) {
    if (TOO_FAST_CODES.contains(code) || status == 429) {
      return TOO_FAST;
    }
    if (CLOCK_CODES.contains(code)) {
      return CLOCK_OFF;
    }
    if (PASSING_CODES.contains(code)) {
      return UNKNOWN;
    }
    if (code.equals("NotImplemented") || status == 501) {
      return NOT_IMPLEMENTED;
    }
    if (status == 404) {
      return code.toLowerCase(Locale.ROOT).contains("bucket") ? REFUSED : ABSENT;
    }
    if (status == 412) {
      return CONDITION_FAILED;
    }
    return status >= 500 || status == 408 || status == 409 ? UNKNOWN : REFUSED;
  }

  /** The server's code of an error, empty if its answer has none. */
  static String code(AwsServiceException answer) {
    String code = answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorCode();
    return code == null ? "" : code;
  }
}
