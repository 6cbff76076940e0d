package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.RequestCounter.Kind;
import io.ostraka.store.UnreachableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;

/** Turns what a server or the way to it says into one line: what, which, why, what to do. */
final class BucketErrors {
  private static final int TOO_MANY = 429;
  private static final int LEAST_SERVER_ERROR = 500;

  private final BucketRoot root;
  private final String server;
  private final String region;

  /**
   * Errors of one root.
   *
   * @param server how people know the server
   * @param region the region that requests are signed for
   */
  BucketErrors(BucketRoot root, String server, String region) {
    this.root = root;
    this.server = server;
    this.region = region;
  }

  NoSuchFileException noSuch(String key) {
    return new NoSuchFileException(root.shown(key), null, "there is no such object");
  }

  FileAlreadyExistsException taken(String key) {
    return new FileAlreadyExistsException(
        root.shown(key), null, "the name is taken and is never replaced");
  }

  /**
   * A failure with a message for a person.
   *
   * @param doing what failed, for example {@code publish}
   * @param key of the object or the prefix, empty for the root
   */
  IOException explain(String doing, String key, Kind kind, Throwable failure) {
    String reason =
        failure instanceof AwsServiceException answer ? ofAnswer(answer, kind) : ofWay(failure);
    return isAboutEverything(failure)
        ? new UnreachableException(cannot(doing, key), reason, failure)
        : new IOException(cannot(doing, key) + reason, failure);
  }

  private static boolean isAboutEverything(Throwable failure) {
    return failure instanceof AwsServiceException answer
        ? answer.statusCode() >= LEAST_SERVER_ERROR || answer.statusCode() == TOO_MANY
        : !isOfThisMachine(failure);
  }

  /** A failure that is no exception of anybody's. */
  IOException refuse(String doing, String key, String reason) {
    return new IOException(cannot(doing, key) + reason);
  }

  private String cannot(String doing, String key) {
    return "Cannot " + doing + " " + root.shown(key) + ": ";
  }

  /** An answer that no S3 server gives, though it says that all is well. */
  String noS3() {
    return server
        + " answers, but not as an S3 server does; correct AWS_ENDPOINT_URL, or look what stands between"
        + " (a proxy, a log-in page)";
  }

  private String ofAnswer(AwsServiceException answer, Kind kind) {
    String code = Outcome.code(answer);
    return switch (code) {
      case "NoSuchBucket", "InvalidBucketName", "NotFoundBucket" ->
          "there is no bucket "
              + root.bucket()
              + " at "
              + server
              + "; make it, or correct its name";
      case "InvalidAccessKeyId" ->
          "the access key is not known at "
              + server
              + "; correct AWS_ACCESS_KEY_ID or the profile, or AWS_ENDPOINT_URL";
      case "SignatureDoesNotMatch" ->
          "the secret key does not fit the access key; correct AWS_SECRET_ACCESS_KEY or the profile";
      case "ExpiredToken", "TokenRefreshRequired", "InvalidToken", "ExpiredTokenException" ->
          "the session's token has expired; log in again, it is then safe to try again";
      case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture" ->
          "this machine's clock and that of "
              + server
              + " are too far apart; set this machine's clock";
      case "AuthorizationHeaderMalformed",
          "PermanentRedirect",
          "TemporaryRedirect",
          "IllegalLocationConstraintException",
          "InvalidRegionName" ->
          ofRegion(answer);
      case "SlowDown", "ServiceUnavailable", "TooManyRequests" ->
          server + " asks for fewer requests (" + code + "); it is safe to try again later";
      case "EntityTooLarge" -> tooLarge();
      default -> ofStatus(answer, code, kind);
    };
  }

  private String ofRegion(AwsServiceException answer) {
    String right =
        answer.awsErrorDetails().sdkHttpResponse() == null
            ? null
            : answer
                .awsErrorDetails()
                .sdkHttpResponse()
                .firstMatchingHeader("x-amz-bucket-region")
                .orElse(null);
    return "the bucket is not in region "
        + region
        + (right == null
            ? "; set AWS_REGION to the bucket's region"
            : " but in " + right + "; set AWS_REGION=" + right);
  }

  private String ofStatus(AwsServiceException answer, String code, Kind kind) {
    int status = answer.statusCode();
    return switch (status) {
      case 301, 307 -> ofRegion(answer);
      case 401, 403 -> noPermission(code, kind);
      case 404 ->
          "there is no bucket "
              + root.bucket()
              + " at "
              + server
              + "; make it, or correct its name";
      case 413 -> tooLarge();
      default -> said(answer, code, status);
    };
  }

  private String noPermission(String code, Kind kind) {
    String needed =
        switch (kind) {
          case LIST -> "to list it (s3:ListBucket)";
          case GET, HEAD ->
              "to get it (s3:GetObject), or it is not there and there is no permission to list"
                  + " (s3:ListBucket)";
          case PUT -> "to put it (s3:PutObject)";
          case DELETE -> "to delete it (s3:DeleteObject)";
        };
    return "no permission "
        + needed
        + (code.isEmpty() || code.equals("AccessDenied") ? "" : " (" + code + ")")
        + "; allow it to these credentials, or use others (AWS_PROFILE)";
  }

  private String tooLarge() {
    return "what stands before "
        + server
        + " refuses an object of this size; raise its limit for the body of a request";
  }

  private String said(AwsServiceException answer, String code, int status) {
    String message =
        answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorMessage();
    return server
        + " says "
        + status
        + (code.isEmpty() ? "" : " " + code)
        + (message == null || message.isBlank() ? "" : " (" + message.strip() + ")")
        + (status >= 500 ? "; it is safe to try again" : "");
  }

  private String ofWay(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof UnknownHostException) {
        return "no server is known by the name of "
            + server
            + "; look at the network, or correct AWS_ENDPOINT_URL";
      }
      if (e instanceof SSLException) {
        return "no safe connection to "
            + server
            + " ("
            + line(e)
            + "); correct AWS_ENDPOINT_URL, or have this machine trust the server's certificate";
      }
      if (e instanceof ConnectException) {
        return "nothing answers at "
            + server
            + "; look whether the server runs, or correct AWS_ENDPOINT_URL";
      }
      if (e instanceof SocketTimeoutException || e instanceof ApiCallAttemptTimeoutException) {
        return server + " is silent for too long; look at the network, it is safe to try again";
      }
      if (e instanceof SocketException
          || e.getClass().getSimpleName().equals("NoHttpResponseException")
          || e.getClass().getSimpleName().equals("ConnectionClosedException")) {
        return "the connection to "
            + server
            + " was cut ("
            + line(e)
            + "); look at the network and what stands between, it is safe to try again";
      }
    }
    return isOfThisMachine(failure) ? ofThisMachine(failure) : ofAnythingElse(failure);
  }

  private String ofAnythingElse(Throwable failure) {
    String line = line(failure);
    return line.contains("parse XML") || line.contains("unmarshall")
        ? noS3()
        : line + "; it is safe to try again";
  }

  /** Whether a request never left this machine, so that repeating it at once would not help. */
  static boolean isOfThisMachine(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("credentials")
        || message.contains("Profile")
        || message.contains("region");
  }

  private static String ofThisMachine(Throwable failure) {
    String message = line(failure);
    return message.contains("Unable to load credentials")
        ? "found no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; or"
            + " OSTRAKA_S3_ANONYMOUS=1 for a bucket that everybody may read"
        : message;
  }

  private static String line(@Nullable Throwable failure) {
    String message = failure == null ? null : failure.getMessage();
    if (message == null || message.isBlank()) {
      return String.valueOf(failure);
    }
    String line = message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
    int attempts = line.indexOf(" (SDK Attempt Count");
    return attempts < 0 ? line : line.substring(0, attempts);
  }
}
