package io.ostraka.shard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decodes integers that are DELTA_BINARY_PACKED, as few at a time as are asked for, so that a
 * column of a large shard takes no more memory than its bytes do. Not safe for threads.
 *
 * <p>The page: block size, miniblocks of a block, count, first value; then blocks of a least delta,
 * a width of bits for each miniblock, and the miniblocks (Parquet's {@code Encodings.md}).
 */
final class DeltaReader {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int LARGEST_BLOCK = 1 << 16;

  private byte[] page = {};
  private int at;
  private int end;
  private int miniblocks;
  private int left;
  private long value;
  private boolean first;
  private long least;
  private int[] widths = {};
  private int nextMiniblock;

  /** What is to be added to the least delta, of one miniblock. */
  private long[] deltas = {};

  private int nextDelta;

  /**
   * Begins at a place of a page.
   *
   * @param bytes the page, and at least {@link PageReader#PADDING} bytes behind it
   * @param limit where the page ends
   */
  void begin(byte[] bytes, int offset, int limit) {
    page = bytes;
    at = offset;
    end = limit;
    int block = Math.toIntExact(unsigned());
    miniblocks = Math.toIntExact(unsigned());
    if (block <= 0 || block > LARGEST_BLOCK || miniblocks <= 0 || block % miniblocks != 0) {
      throw new DamagedPageException("integers in blocks of " + block);
    }
    int perMiniblock = block / miniblocks;
    if (perMiniblock % 8 != 0) {
      throw new DamagedPageException("integers in groups of " + perMiniblock);
    }
    left = Math.toIntExact(unsigned());
    value = zigzag();
    first = true;
    if (deltas.length != perMiniblock) {
      deltas = new long[perMiniblock];
    }
    widths = Arrays.copyOf(widths, miniblocks);
    nextMiniblock = miniblocks;
    nextDelta = perMiniblock;
  }

  /** Decodes the next integers. */
  void read(long[] target, int count) {
    if (count > left) {
      throw new DamagedPageException("fewer integers than rows");
    }
    left -= count;
    int i = 0;
    if (first && count > 0) {
      target[i++] = value;
      first = false;
    }
    while (i < count) {
      if (nextDelta == deltas.length) {
        readMiniblock();
      }
      int some = Math.min(count - i, deltas.length - nextDelta);
      long current = value;
      for (int j = 0; j < some; j++) {
        current += least + deltas[nextDelta + j];
        target[i + j] = current;
      }
      value = current;
      nextDelta += some;
      i += some;
    }
  }

  private void readMiniblock() {
    if (nextMiniblock == miniblocks) {
      least = zigzag();
      for (int i = 0; i < miniblocks; i++) {
        widths[i] = page[at++] & 0xff;
      }
      nextMiniblock = 0;
    }
    unpack(widths[nextMiniblock++]);
    nextDelta = 0;
  }

  /** Unpacks integers of {@code width} bits each, the lowest bits first. */
  private void unpack(int width) {
    if (width > 64) {
      throw new DamagedPageException("integers of " + width + " bits");
    }
    if (width == 0) {
      Arrays.fill(deltas, 0);
      return;
    }
    if (at + (long) width * deltas.length / 8 > end) {
      throw new DamagedPageException("integers beyond their page");
    }
    long mask = width == 64 ? -1 : (1L << width) - 1;
    for (int i = 0; i < deltas.length; i++) {
      int bit = i * width;
      int place = at + (bit >>> 3);
      int shift = bit & 7;
      long bits = (long) LONG.get(page, place) >>> shift;
      if (shift + width > 64) {
        bits |= (long) page[place + 8] << (64 - shift);
      }
      deltas[i] = bits & mask;
    }
    at += width * deltas.length / 8;
  }

  private long unsigned() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = page[at++];
      result |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return result;
      }
    }
    throw new DamagedPageException("a number of more than 64 bits");
  }

  private long zigzag() {
    long coded = unsigned();
    return (coded >>> 1) ^ -(coded & 1);
  }
}
