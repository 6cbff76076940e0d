package io.ostraka.sync;

/** One object of the source is not copied, and the others are. */
final class LeftOutException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Why why;

  /** Why it is not copied. */
  enum Why {
    /** It was merged and removed, or replaced, since it was listed: list again. */
    VANISHED,
    /** It is not what its name says, which no other attempt would change. */
    DAMAGED,
    /** The source would not hand it out this time. */
    UNREADABLE,
    /** The target has something else under its name that is as good. */
    DIFFERENT
  }

  LeftOutException(Why why, Throwable cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    this.why = why;
  }

  LeftOutException(Why why, String message) {
    super(message);
    this.why = why;
  }

  Why why() {
    return why;
  }

  /** One line for a person. */
  String message() {
    return String.valueOf(getMessage());
  }
}
