package io.ostraka.journal;

/** Places in a journal as one number: {@code segment × 2^32 + offset}, so that later is greater. */
public final class Position {
  private Position() {}

  /** The place of an offset in a segment. */
  public static long of(int segment, int offset) {
    return ((long) segment << 32) | offset;
  }

  /** The segment of a place, from 0. */
  public static int segment(long position) {
    return (int) (position >>> 32);
  }

  /** The offset of a place within its segment, in bytes. */
  public static int offset(long position) {
    return (int) position;
  }
}
