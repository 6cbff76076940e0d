package io.ostraka.shard;

import java.util.Arrays;

/**
 * Decodes small integers that are run-length encoded or packed by bits (Parquet's RLE hybrid), a
 * stretch at a time. Not safe for threads.
 */
final class HybridReader {
  private byte[] page = {};
  private int at;
  private int end;
  private int width;
  private int left;
  private boolean packed;
  private int value;
  private int packedFrom;
  private long nextBit;

  /**
   * Begins at a place of a page.
   *
   * @param bytes the page, and at least {@link PageReader#PADDING} bytes behind it
   * @param limit where the integers end
   * @param bits how many each integer has
   */
  void begin(byte[] bytes, int offset, int limit, int bits) {
    if (bits < 0 || bits > 32) {
      throw new DamagedPageException("numbers of " + bits + " bits");
    }
    page = bytes;
    at = offset;
    end = limit;
    width = bits;
    left = 0;
  }

  /** Decodes the next integers. */
  void read(int[] target, int count) {
    for (int i = 0; i < count; ) {
      if (left == 0) {
        beginRun();
      }
      int some = Math.min(count - i, left);
      if (packed) {
        unpack(target, i, some);
      } else {
        Arrays.fill(target, i, i + some, value);
      }
      left -= some;
      i += some;
    }
  }

  private void beginRun() {
    long header = 0;
    int shift = 0;
    byte next;
    do {
      if (at >= end || shift > 28) {
        throw new DamagedPageException("fewer numbers than rows");
      }
      next = page[at++];
      header |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    packed = (header & 1) == 1;
    left = Math.toIntExact(packed ? (header >>> 1) * 8 : header >>> 1);
    if (packed) {
      nextBit = 0;
      packedFrom = at;
      at = Math.toIntExact(at + (long) left * width / 8);
    } else {
      value = 0;
      for (int i = 0; i < (width + 7) / 8; i++) {
        value |= (page[at++] & 0xff) << (8 * i);
      }
    }
    if (left == 0 || at > end) {
      throw new DamagedPageException("numbers beyond their page");
    }
  }

  private void unpack(int[] target, int from, int count) {
    long mask = (1L << width) - 1;
    for (int i = 0; i < count; i++) {
      int place = packedFrom + (int) (nextBit >>> 3);
      long bits = 0;
      for (int b = 0; b < 5; b++) {
        bits |= (page[place + b] & 0xffL) << (8 * b);
      }
      target[from + i] = (int) ((bits >>> (nextBit & 7)) & mask);
      nextBit += width;
    }
  }
}
