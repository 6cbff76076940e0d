package io.ostraka.shard;

import java.nio.channels.FileChannel;
import org.apache.parquet.format.Encoding;

/** A column of numbers, split by bytes: first the lowest byte of each, then the next. */
final class RealReader extends ColumnReader {
  private final double[] values = new double[BATCH];
  private byte[] page = {};
  private int count;
  private int at;

  RealReader(PageReader pages, FileChannel file) {
    super(pages, file);
  }

  /** The values of the batch. */
  double[] values() {
    return values;
  }

  @Override
  Encoding encoding() {
    return Encoding.BYTE_STREAM_SPLIT;
  }

  @Override
  void begin(byte[] bytes, int length) {
    page = bytes;
    count = length / Double.BYTES;
    at = 0;
  }

  @Override
  void decode(int some) {
    if (some > count - at) {
      throw new DamagedPageException("fewer numbers than rows");
    }
    byte[] split = page;
    for (int i = 0; i < some; i++) {
      int from = at + i;
      // Unrolled, since the compiler that suits a short-lived agent does not do it.
      long bits = split[from] & 0xffL;
      bits |= (split[from += count] & 0xffL) << 8;
      bits |= (split[from += count] & 0xffL) << 16;
      bits |= (split[from += count] & 0xffL) << 24;
      bits |= (split[from += count] & 0xffL) << 32;
      bits |= (split[from += count] & 0xffL) << 40;
      bits |= (split[from += count] & 0xffL) << 48;
      bits |= (split[from + count] & 0xffL) << 56;
      values[i] = Double.longBitsToDouble(bits);
    }
    at += some;
  }
}
