package io.ostraka.shard;

import io.ostraka.Column;
import io.ostraka.Stream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of one row group in the order in which they are written, column by column. A group ends
 * after {@link #MAX_ROWS} rows, or after the row whose texts take it past {@link #MAX_TEXT_BYTES}.
 * Filled by rows of a buffer or of a shard; not safe for threads.
 */
final class RowGroupBuffer {
  /**
   * One metric of a large shard is read alone by few range requests, and larger groups gain 0.1 %.
   */
  static final int MAX_ROWS = 131_072;

  /** Long texts end a row group earlier, so that a page stays small enough to be made in memory. */
  static final int MAX_TEXT_BYTES = 8 << 20;

  private final Stream stream;
  private final GroupColumn[] columns;
  private long[] rows;
  private long[] steps;
  private boolean[] withoutStep;
  private long[] times;
  private NameTable names;
  private int size;
  private long textBytes;

  /**
   * An empty group.
   *
   * @param names numbers the values of columns of few distinct texts
   * @param capacity for how many rows there is room at first
   */
  RowGroupBuffer(Stream stream, NameTable names, int capacity) {
    this.stream = stream;
    this.names = names;
    this.columns =
        stream.columns().stream().map(c -> column(c, capacity)).toArray(GroupColumn[]::new);
    this.rows = new long[capacity];
    this.steps = new long[capacity];
    this.withoutStep = new boolean[stream.stepRequired() ? 0 : capacity];
    this.times = new long[capacity];
  }

  /** The values of one column. */
  abstract static sealed class GroupColumn {}

  static final class Names extends GroupColumn {
    int[] numbers;

    Names(int capacity) {
      numbers = new int[capacity];
    }
  }

  static final class Reals extends GroupColumn {
    double[] values;

    Reals(int capacity) {
      values = new double[capacity];
    }
  }

  /** Texts as a page has them: the length of each in four bytes, little-endian, and its bytes. */
  static final class Texts extends GroupColumn {
    byte[] bytes = new byte[1024];
    int length;

    void append(byte[] source, int offset, int count) {
      reserve(count);
      System.arraycopy(source, offset, bytes, length, count);
      length += count;
    }

    void appendLength(int value) {
      reserve(4);
      bytes[length++] = (byte) value;
      bytes[length++] = (byte) (value >>> 8);
      bytes[length++] = (byte) (value >>> 16);
      bytes[length++] = (byte) (value >>> 24);
    }

    private void reserve(int count) {
      if (length + count > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length + bytes.length / 2));
      }
    }
  }

  private static GroupColumn column(Column column, int capacity) {
    return switch (column.type()) {
      case NAME -> new Names(capacity);
      case STRING -> new Texts();
      case DOUBLE -> new Reals(capacity);
    };
  }

  Stream stream() {
    return stream;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whether the group ends here. */
  boolean isFull() {
    return size == MAX_ROWS || textBytes > MAX_TEXT_BYTES;
  }

  NameTable names() {
    return names;
  }

  long[] rows() {
    return rows;
  }

  long[] steps() {
    return steps;
  }

  /** Empty for a stream in which every row has a step. */
  boolean[] withoutStep() {
    return withoutStep;
  }

  long[] times() {
    return times;
  }

  List<GroupColumn> columns() {
    return List.of(columns);
  }

  /** Forgets the rows; new ones are numbered by another table. */
  void clear(NameTable newNames) {
    size = 0;
    textBytes = 0;
    names = newNames;
    for (GroupColumn column : columns) {
      if (column instanceof Texts texts) {
        texts.length = 0;
      }
    }
  }

  /**
   * Adds rows of a buffer until the group is full or there are no more.
   *
   * @param order the places of the rows in the buffer, in the order to be written
   * @param from the first of them that is added
   * @param first the row number of the buffer's first row
   * @return where it stopped
   */
  int fill(RowBuffer buffer, int[] order, int from, long first) {
    int to = groupEnd(buffer, order, from);
    int count = to - from;
    reserve(count);
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      rows[size + i] = first + row;
      steps[size + i] = buffer.steps()[row];
      times[size + i] = buffer.times()[row];
    }
    if (!stream.stepRequired()) {
      for (int i = 0; i < count; i++) {
        withoutStep[size + i] = !buffer.hasStep(order[from + i]);
      }
    }
    for (int c = 0; c < columns.length; c++) {
      gather(columns[c], buffer.column(c), order, from, count);
    }
    size += count;
    return to;
  }

  private int groupEnd(RowBuffer buffer, int[] order, int from) {
    int end = Math.min(order.length, from + MAX_ROWS - size);
    if (!buffer.hasTexts()) {
      return end;
    }
    for (int to = from; to < end; to++) {
      textBytes += buffer.textBytes(order[to]);
      if (textBytes > MAX_TEXT_BYTES) {
        return to + 1;
      }
    }
    return end;
  }

  private void gather(
      GroupColumn target, RowBuffer.ColumnBuffer source, int[] order, int from, int count) {
    if (target instanceof Names t && source instanceof RowBuffer.NameBuffer s) {
      for (int i = 0; i < count; i++) {
        t.numbers[size + i] = s.numbers[order[from + i]];
      }
    } else if (target instanceof Reals t && source instanceof RowBuffer.RealBuffer s) {
      for (int i = 0; i < count; i++) {
        t.values[size + i] = s.values[order[from + i]];
      }
    } else if (target instanceof Texts t && source instanceof RowBuffer.TextBuffer s) {
      for (int i = 0; i < count; i++) {
        byte[] text = s.texts[order[from + i]];
        t.appendLength(text.length);
        t.append(text, 0, text.length);
      }
    }
  }

  /**
   * Adds neighbouring rows of a shard, as many as the group has room for.
   *
   * @param source a shard of the same stream
   * @param at the first row's place in the source's present batch
   * @param count how many rows are there to be added
   * @return how many were added, at least one
   */
  int append(ShardReader source, int at, int count) throws IOException {
    int taken = room(source, at, Math.min(count, MAX_ROWS - size));
    reserve(taken);
    System.arraycopy(source.rows(), at, rows, size, taken);
    System.arraycopy(source.steps(), at, steps, size, taken);
    if (!stream.stepRequired()) {
      System.arraycopy(source.withoutStep(), at, withoutStep, size, taken);
    }
    System.arraycopy(source.times(), at, times, size, taken);
    for (int c = 0; c < columns.length; c++) {
      GroupColumn target = columns[c];
      ColumnReader values = source.values(c);
      if (target instanceof Names t && values instanceof NameReader s) {
        s.number(names, at, taken, t.numbers, size);
      } else if (target instanceof Reals t && values instanceof RealReader s) {
        System.arraycopy(s.values(), at, t.values, size, taken);
      } else if (target instanceof Texts t && values instanceof TextReader s) {
        int begin = s.offset(at) - 4;
        t.append(s.page(), begin, s.end(at + taken - 1) - begin);
      }
    }
    size += taken;
    return taken;
  }

  private int room(ShardReader source, int at, int count) throws IOException {
    if (Arrays.stream(columns).noneMatch(Texts.class::isInstance)) {
      return count;
    }
    for (int i = 0; i < count; i++) {
      for (int c = 0; c < columns.length; c++) {
        if (source.values(c) instanceof TextReader texts) {
          textBytes += texts.length(at + i);
        }
      }
      if (textBytes > MAX_TEXT_BYTES) {
        return i + 1;
      }
    }
    return count;
  }

  private void reserve(int count) {
    int needed = size + count;
    if (needed <= rows.length) {
      return;
    }
    int capacity = Math.min(MAX_ROWS, Math.max(needed, 2 * rows.length));
    rows = Arrays.copyOf(rows, capacity);
    steps = Arrays.copyOf(steps, capacity);
    times = Arrays.copyOf(times, capacity);
    if (!stream.stepRequired()) {
      withoutStep = Arrays.copyOf(withoutStep, capacity);
    }
    for (GroupColumn column : columns) {
      if (column instanceof Names c) {
        c.numbers = Arrays.copyOf(c.numbers, capacity);
      } else if (column instanceof Reals c) {
        c.values = Arrays.copyOf(c.values, capacity);
      }
    }
  }
}
