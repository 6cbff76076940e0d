package io.ostraka.store;

/**
 * Neighbouring bytes of an object.
 *
 * @param offset the first one's place, from 0
 * @param length how many, at least 1
 */
public record ByteRange(long offset, long length) {
  /** Checks the numbers. */
  public ByteRange {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException(length + " bytes from " + offset + " are no range");
    }
  }

  /** The place behind the last one. */
  public long end() {
    return offset + length;
  }
}
