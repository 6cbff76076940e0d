package io.ostraka.shard;

/** What is wrong with a page, to be told with the name of its file. */
final class DamagedPageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean foreign;

  DamagedPageException(String message) {
    this(message, false);
  }

  private DamagedPageException(String message, boolean foreign) {
    super(message);
    this.foreign = foreign;
  }

  /** The page may well be right, and is not laid out as Ostraka does it. */
  static DamagedPageException foreign(String message) {
    return new DamagedPageException(message, true);
  }

  /** What is to be said of the file. */
  String reason() {
    return foreign
        ? "it is not laid out as Ostraka does it (%s); put back the original file or remove this one"
            .formatted(getMessage())
        : "its rows are damaged (%s); copy it again or remove it".formatted(getMessage());
  }
}
