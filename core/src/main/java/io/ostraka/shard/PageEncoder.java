package io.ostraka.shard;

import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType;

/**
 * Encodes a group of rows as one page for each column. A page is made in one piece from arrays,
 * which takes a third of the time of parquet's record writers.
 *
 * <p>Encodings: integers DELTA_BINARY_PACKED, numbers BYTE_STREAM_SPLIT, names a dictionary, other
 * texts PLAIN. Levels are written for columns that may be null only.
 */
final class PageEncoder {
  private static final ByteBufferAllocator HEAP = HeapByteBufferAllocator.getInstance();
  private static final int DELTA_BLOCK = 128;
  private static final int DELTA_MINIBLOCKS = 4;
  private static final int SLAB_BYTES = 64 << 10;
  private static final int PAGE_LIMIT_BYTES = 16 << 20;

  private final int count;

  /**
   * For the rows of a group.
   *
   * @param count how many there are, at least one
   */
  PageEncoder(int count) {
    this.count = count;
  }

  /** Integers of which every row has one. */
  void writeLongs(PageWriter page, ColumnDescriptor column, long[] values) throws IOException {
    writeLongs(page, column, values, count, BytesInput.empty());
  }

  /** Steps of a stream in which a row may have none. */
  void writeOptionalSteps(PageWriter page, ColumnDescriptor column, long[] steps, boolean[] without)
      throws IOException {
    long[] values = new long[count];
    int present = 0;
    try (RunLengthBitPackingHybridEncoder levels = hybrid(1)) {
      for (int i = 0; i < count; i++) {
        levels.writeInt(without[i] ? 0 : 1);
        if (!without[i]) {
          values[present++] = steps[i];
        }
      }
      BytesInput encoded = levels.toBytes();
      BytesInput withLength = BytesInput.concat(BytesInput.fromInt((int) encoded.size()), encoded);
      writeLongs(page, column, values, present, withLength);
    }
  }

  private void writeLongs(
      PageWriter page, ColumnDescriptor column, long[] values, int present, BytesInput levels)
      throws IOException {
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    try (var writer =
        new DeltaBinaryPackingValuesWriterForLong(
            DELTA_BLOCK, DELTA_MINIBLOCKS, SLAB_BYTES, PAGE_LIMIT_BYTES, HEAP)) {
      long least = Long.MAX_VALUE;
      long greatest = Long.MIN_VALUE;
      for (int i = 0; i < present; i++) {
        long value = values[i];
        writer.writeLong(value);
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
      }
      if (present > 0) {
        statistics.updateStats(least);
        statistics.updateStats(greatest);
      }
      statistics.incrementNumNulls((long) count - present);
      page.writePage(
          BytesInput.concat(levels, writer.getBytes()),
          count,
          count,
          statistics,
          Encoding.RLE,
          Encoding.RLE,
          Encoding.DELTA_BINARY_PACKED);
    }
  }

  /** Texts by their numbers in a table. */
  void writeNames(PageWriter page, ColumnDescriptor column, int[] used, NameTable names)
      throws IOException {
    int[] ranks = names.ranks();
    int[] distinct = distinctByRank(used, count, ranks);
    int[] indices = new int[ranks.length];
    BytesInput[] entries = new BytesInput[2 * distinct.length];
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    for (int i = 0; i < distinct.length; i++) {
      byte[] name = names.utf8(distinct[i]);
      indices[distinct[i]] = i;
      entries[2 * i] = BytesInput.fromInt(name.length);
      entries[2 * i + 1] = BytesInput.from(name);
    }
    statistics.updateStats(Binary.fromConstantByteArray(names.utf8(distinct[0])));
    statistics.updateStats(Binary.fromConstantByteArray(names.utf8(distinct[distinct.length - 1])));
    statistics.incrementNumNulls(0);
    int bits = 32 - Integer.numberOfLeadingZeros(distinct.length - 1);
    try (RunLengthBitPackingHybridEncoder runs = hybrid(bits)) {
      for (int i = 0; i < count; i++) {
        runs.writeInt(indices[used[i]]);
      }
      page.writePage(
          BytesInput.concat(BytesInput.from(new byte[] {(byte) bits}), runs.toBytes()),
          count,
          count,
          statistics,
          Encoding.RLE,
          Encoding.RLE,
          Encoding.RLE_DICTIONARY);
    }
    page.writeDictionaryPage(
        new DictionaryPage(BytesInput.concat(entries), distinct.length, Encoding.PLAIN));
  }

  /** The distinct numbers, ordered by rank. */
  private static int[] distinctByRank(int[] used, int count, int[] ranks) {
    int[] byRank = new int[ranks.length];
    Arrays.fill(byRank, -1);
    int found = 0;
    for (int i = 0; i < count; i++) {
      int number = used[i];
      if (byRank[ranks[number]] < 0) {
        byRank[ranks[number]] = number;
        found++;
      }
    }
    int[] distinct = new int[found];
    int next = 0;
    for (int number : byRank) {
      if (number >= 0) {
        distinct[next++] = number;
      }
    }
    return distinct;
  }

  void writeTexts(PageWriter page, ColumnDescriptor column, RowGroupBuffer.Texts source)
      throws IOException {
    page.writePage(
        BytesInput.from(source.bytes, 0, source.length),
        count,
        count,
        noStatistics(column),
        Encoding.RLE,
        Encoding.RLE,
        Encoding.PLAIN);
  }

  /** Numbers, byte by byte: first the lowest byte of each, then the next. */
  void writeReals(PageWriter page, ColumnDescriptor column, double[] values) throws IOException {
    byte[] split = new byte[8 * count];
    for (int i = 0; i < count; i++) {
      long bits = Double.doubleToRawLongBits(values[i]);
      int at = i;
      // Unrolled, since the compiler that suits a short-lived agent does not do it.
      split[at] = (byte) bits;
      split[at += count] = (byte) (bits >>> 8);
      split[at += count] = (byte) (bits >>> 16);
      split[at += count] = (byte) (bits >>> 24);
      split[at += count] = (byte) (bits >>> 32);
      split[at += count] = (byte) (bits >>> 40);
      split[at += count] = (byte) (bits >>> 48);
      split[at + count] = (byte) (bits >>> 56);
    }
    page.writePage(
        BytesInput.from(split),
        count,
        count,
        noStatistics(column),
        Encoding.RLE,
        Encoding.RLE,
        Encoding.BYTE_STREAM_SPLIT);
  }

  /** None at all: one NaN would spoil those of numbers, and those of long texts are of no use. */
  private static Statistics<?> noStatistics(ColumnDescriptor column) {
    PrimitiveType type = column.getPrimitiveType();
    return Statistics.getBuilderForReading(type).build();
  }

  private static RunLengthBitPackingHybridEncoder hybrid(int bits) {
    return new RunLengthBitPackingHybridEncoder(bits, SLAB_BYTES, PAGE_LIMIT_BYTES, HEAP);
  }
}
