package io.ostraka;

import java.io.IOException;

/** Bad or newer data: reading on would give wrong answers, and trying again would not help. */
public final class ShardFormatException extends IOException {
  private static final long serialVersionUID = 1;

  /** Says which file, what was found in it, and what to do. */
  public ShardFormatException(String message) {
    super(message);
  }

  /** Says the same with the reader's own error as the cause. */
  public ShardFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
