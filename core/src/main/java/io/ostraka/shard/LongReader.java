package io.ostraka.shard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.apache.parquet.format.Encoding;

/** A column of integers, in which a row may have none if it is optional. */
final class LongReader extends ColumnReader {
  private static final int LENGTH_BYTES = 4;

  private final boolean optional;
  private final DeltaReader deltas = new DeltaReader();
  private final HybridReader levels = new HybridReader();
  private final long[] values = new long[BATCH];
  private final boolean[] absent;
  private final int[] present;

  LongReader(PageReader pages, FileChannel file, boolean optional) {
    super(pages, file);
    this.optional = optional;
    this.absent = new boolean[optional ? BATCH : 0];
    this.present = new int[optional ? BATCH : 0];
  }

  /** The values of the batch; 0 where there is none. */
  long[] values() {
    return values;
  }

  /** Which rows of the batch have none; empty if the column is not optional. */
  boolean[] absent() {
    return absent;
  }

  @Override
  Encoding encoding() {
    return Encoding.DELTA_BINARY_PACKED;
  }

  @Override
  void begin(byte[] page, int length) {
    int from = 0;
    if (optional) {
      int bytes = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).getInt();
      if (bytes < 0 || bytes > length - LENGTH_BYTES) {
        throw new DamagedPageException("levels beyond their page");
      }
      from = LENGTH_BYTES + bytes;
      levels.begin(page, LENGTH_BYTES, from, 1);
    }
    deltas.begin(page, from, length);
  }

  @Override
  void decode(int count) {
    if (!optional) {
      deltas.read(values, count);
      return;
    }
    levels.read(present, count);
    int some = 0;
    for (int i = 0; i < count; i++) {
      some += present[i];
    }
    deltas.read(values, some);
    for (int i = count - 1; i >= 0; i--) {
      absent[i] = present[i] == 0;
      values[i] = present[i] == 0 ? 0 : values[--some];
    }
  }
}
