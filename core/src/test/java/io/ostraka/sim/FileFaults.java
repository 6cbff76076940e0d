package io.ostraka.sim;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with the file operations of one process. Operations that change something are
 * counted from 1; at one of them the process stops or the operation fails. Once stopped, every
 * operation stops again, so that nothing that the code does while it unwinds reaches the disk.
 */
public final class FileFaults {
  private static final long NEVER = Long.MAX_VALUE;

  private long count;
  private long stopAt = NEVER;
  private boolean torn;
  private long failAt = NEVER;
  private String failure = "";
  private @Nullable Runnable between;
  private boolean stopped;
  private boolean full;

  /** Says whether the disk is full: no file can grow then, and those that are made stay empty. */
  public void full(boolean isFull) {
    full = isFull;
  }

  /** A write begins, of bytes for which the disk may have to have room. */
  void checkRoom(boolean grows, Path file) throws IOException {
    if (full && grows) {
      throw new FileSystemException(file.toString(), null, "No space left on device");
    }
  }

  /** What becomes of a write. */
  enum Write {
    /** All of it lands. */
    WHOLE,
    /** Half of it lands, and then {@link #interrupted} says what happens. */
    TORN
  }

  /** How many operations that change something were begun. */
  public long count() {
    return count;
  }

  /**
   * Stops the process in place of an operation to come.
   *
   * @param operations how many are still done
   * @param tornWrite whether half of it lands if it is a write
   */
  public void stopAfter(long operations, boolean tornWrite) {
    stopAt = count + operations + 1;
    torn = tornWrite;
  }

  /**
   * Lets one operation fail.
   *
   * @param operations how many are still done before it
   * @param reason for example {@code No space left on device}
   */
  public void failAfter(long operations, String reason) {
    failAt = count + operations + 1;
    failure = reason;
  }

  /** Nothing goes wrong from now on. */
  public void none() {
    stopAt = NEVER;
    failAt = NEVER;
  }

  /** Does something before every operation that changes something, as another process might. */
  public void between(Runnable what) {
    between = what;
  }

  /** Stops the process now. */
  public void stop() {
    stopped = true;
  }

  /** Whether the process is stopped. */
  public boolean stopped() {
    return stopped;
  }

  /** An operation that changes nothing begins. */
  void look(String what) {
    if (stopped) {
      throw new ProcessStopped(what);
    }
  }

  /** An operation that changes something begins. */
  void step(String what, @Nullable Object file) throws IOException {
    if (write(what) == Write.TORN) {
      throw interrupted(what, file);
    }
  }

  /** A write begins. */
  Write write(String what) {
    look(what);
    if (between != null) {
      between.run();
    }
    count++;
    return count == stopAt || count == failAt ? Write.TORN : Write.WHOLE;
  }

  /** Whether half of a torn write lands. */
  boolean isTorn() {
    return torn && count == stopAt;
  }

  /** The end of an operation that is not done. */
  IOException interrupted(String what, @Nullable Object file) {
    if (count == stopAt) {
      stopped = true;
      throw new ProcessStopped(what + " " + file);
    }
    return new FileSystemException(String.valueOf(file), null, failure);
  }
}
