package io.ostraka.viewer;

/** A request that is answered with an error and one line that says what, which, why. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;

  private Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
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

  static Refusal notAllowed(String method) {
    return new Refusal(405, "The method " + method + " is not allowed; only GET and HEAD are");
  }

  static Refusal unavailable(String message) {
    return new Refusal(503, message);
  }

  int status() {
    return status;
  }
}
