package io.ostraka.shard;

/** What is wrong with a page, to be told with the name of its file. */
final class DamagedPageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DamagedPageException(String message) {
    super(message);
  }
}
