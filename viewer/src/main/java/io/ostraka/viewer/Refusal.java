package io.ostraka.viewer;

/** A request that is answered with an error and one line that says what, which, why. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String allowed;

  private Refusal(int status, String message) {
    this(status, message, "");
  }

  private Refusal(int status, String message, String allowed) {
    super(message, null, false, false);
    this.status = status;
    this.allowed = allowed;
  }

  static Refusal badRequest(String message) {
    return new Refusal(400, message);
  }

  static Refusal forbidden(String message) {
    return new Refusal(403, message);
  }

  static Refusal notFound(String message) {
    return new Refusal(404, message);
  }

  static Refusal notAllowed(String method, String allowed) {
    String only = allowed.replace(", ", " and ");
    return new Refusal(405, "The method " + method + " is not allowed; only " + only, allowed);
  }

  static Refusal unavailable(String message) {
    return new Refusal(503, message);
  }

  /** The methods that are, if this refuses one; else nothing. */
  String allowed() {
    return allowed;
  }

  int status() {
    return status;
  }
}
