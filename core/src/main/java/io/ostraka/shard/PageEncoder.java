package io.ostraka.shard;

import io.ostraka.shard.RowBuffer.NameBuffer;
import io.ostraka.shard.RowBuffer.RealBuffer;
import io.ostraka.shard.RowBuffer.TextBuffer;
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
 * Encodes a stretch of rows as one page for each column. A page is made in one piece from arrays,
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

  private final int[] order;
  private final int from;
  private final int to;

  /** For the rows {@code order[from]} to {@code order[to - 1]}. */
  PageEncoder(int[] order, int from, int to) {
    this.order = order;
    this.from = from;
    this.to = to;
  }

  /** Row numbers: {@code first} and the rows' places in the buffer. */
  void writeRows(PageWriter page, ColumnDescriptor column, long first) throws IOException {
    long[] values = new long[to - from];
    for (int i = from; i < to; i++) {
      values[i - from] = first + order[i];
    }
    writeLongs(page, column, values, values.length, BytesInput.empty());
  }

  /** Times, or steps of a stream in which every row has one. */
  void writeLongs(PageWriter page, ColumnDescriptor column, long[] source) throws IOException {
    long[] values = new long[to - from];
    for (int i = from; i < to; i++) {
      values[i - from] = source[order[i]];
    }
    writeLongs(page, column, values, values.length, BytesInput.empty());
  }

  /** Steps of a stream in which a row may have none. */
  void writeOptionalSteps(PageWriter page, ColumnDescriptor column, RowBuffer rows)
      throws IOException {
    long[] values = new long[to - from];
    int present = 0;
    RunLengthBitPackingHybridEncoder levels = hybrid(1);
    for (int i = from; i < to; i++) {
      boolean has = rows.hasStep(order[i]);
      levels.writeInt(has ? 1 : 0);
      if (has) {
        values[present++] = rows.step(order[i]);
      }
    }
    BytesInput encoded = levels.toBytes();
    BytesInput withLength = BytesInput.concat(BytesInput.fromInt((int) encoded.size()), encoded);
    writeLongs(page, column, values, present, withLength);
    levels.close();
  }

  private void writeLongs(
      PageWriter page, ColumnDescriptor column, long[] values, int count, BytesInput levels)
      throws IOException {
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    try (var writer =
        new DeltaBinaryPackingValuesWriterForLong(
            DELTA_BLOCK, DELTA_MINIBLOCKS, SLAB_BYTES, PAGE_LIMIT_BYTES, HEAP)) {
      long least = Long.MAX_VALUE;
      long greatest = Long.MIN_VALUE;
      for (int i = 0; i < count; i++) {
        long value = values[i];
        writer.writeLong(value);
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
      }
      if (count > 0) {
        statistics.updateStats(least);
        statistics.updateStats(greatest);
      }
      statistics.incrementNumNulls((long) (to - from) - count);
      page.writePage(
          BytesInput.concat(levels, writer.getBytes()),
          to - from,
          to - from,
          statistics,
          Encoding.RLE,
          Encoding.RLE,
          Encoding.DELTA_BINARY_PACKED);
    }
  }

  void writeNames(PageWriter page, ColumnDescriptor column, NameBuffer source, NameTable names)
      throws IOException {
    int[] ranks = names.ranks();
    int[] used = new int[to - from];
    for (int i = from; i < to; i++) {
      used[i - from] = source.numbers[order[i]];
    }
    int[] distinct = distinctByRank(used, ranks);
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
      for (int number : used) {
        runs.writeInt(indices[number]);
      }
      page.writePage(
          BytesInput.concat(BytesInput.from(new byte[] {(byte) bits}), runs.toBytes()),
          to - from,
          to - from,
          statistics,
          Encoding.RLE,
          Encoding.RLE,
          Encoding.RLE_DICTIONARY);
    }
    page.writeDictionaryPage(
        new DictionaryPage(BytesInput.concat(entries), distinct.length, Encoding.PLAIN));
  }

  /** The distinct numbers, ordered by rank. */
  private static int[] distinctByRank(int[] used, int[] ranks) {
    int[] byRank = new int[ranks.length];
    Arrays.fill(byRank, -1);
    int count = 0;
    for (int number : used) {
      if (byRank[ranks[number]] < 0) {
        byRank[ranks[number]] = number;
        count++;
      }
    }
    int[] distinct = new int[count];
    int next = 0;
    for (int number : byRank) {
      if (number >= 0) {
        distinct[next++] = number;
      }
    }
    return distinct;
  }

  void writeTexts(PageWriter page, ColumnDescriptor column, TextBuffer source) throws IOException {
    BytesInput[] parts = new BytesInput[2 * (to - from)];
    for (int i = from; i < to; i++) {
      byte[] text = source.texts[order[i]];
      parts[2 * (i - from)] = BytesInput.fromInt(text.length);
      parts[2 * (i - from) + 1] = BytesInput.from(text);
    }
    page.writePage(
        BytesInput.concat(parts),
        to - from,
        to - from,
        noStatistics(column),
        Encoding.RLE,
        Encoding.RLE,
        Encoding.PLAIN);
  }

  /** Numbers, byte by byte: first the lowest byte of each, then the next. */
  void writeReals(PageWriter page, ColumnDescriptor column, RealBuffer source) throws IOException {
    int count = to - from;
    byte[] split = new byte[8 * count];
    double[] values = source.values;
    for (int i = 0; i < count; i++) {
      long bits = Double.doubleToRawLongBits(values[order[from + i]]);
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
