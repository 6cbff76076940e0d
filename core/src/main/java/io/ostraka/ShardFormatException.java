package io.ostraka;

import java.io.IOException;

/** Bad or newer data: reading on would give wrong answers, and trying again would not help. */
public final class ShardFormatException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean newer;

  /** Says which file, what was found in it, and what to do. */
  public ShardFormatException(String message) {
    this(message, false);
  }

  /** Says the same with the reader's own error as the cause. */
  public ShardFormatException(String message, Throwable cause) {
    super(message, cause);
    this.newer = false;
  }

  private ShardFormatException(String message, boolean newer) {
    super(message);
    this.newer = newer;
  }

  /** Of data that is sound, and of a newer format than this version reads. */
  public static ShardFormatException newer(String message) {
    return new ShardFormatException(message, true);
  }

  /** Whether an upgrade would help. */
  public boolean isNewer() {
    return newer;
  }
}
