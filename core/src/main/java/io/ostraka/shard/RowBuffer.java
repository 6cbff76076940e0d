package io.ostraka.shard;

import io.ostraka.Column;
import io.ostraka.Stream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Rows of one stream in the order of their row numbers, column by column: {@code size()} rows of
 * {@code step(i)}, {@code timeMicros(i)} and one value for each column. Not safe for threads.
 */
public final class RowBuffer {
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int FIRST_CAPACITY = 32;

  /** A reference, and the head of the array that it leads to. */
  private static final int TEXT_REFERENCE_BYTES = 24;

  /** From here on a buffer grows by half and not to twice its size. */
  private static final int LARGE_CAPACITY = 65_536;

  private final Stream stream;
  private final NameTable names;
  private final ColumnBuffer[] columns;
  private final BitSet withoutStep = new BitSet();
  private long[] steps = new long[FIRST_CAPACITY];
  private long[] times = new long[FIRST_CAPACITY];
  private int size;
  private long textBytes;

  /**
   * An empty buffer.
   *
   * @param names numbers the values of columns of few distinct texts; shared by all buffers of a
   *     writer
   */
  public RowBuffer(Stream stream, NameTable names) {
    this.stream = stream;
    this.names = names;
    this.columns = new ColumnBuffer[stream.columns().size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = ColumnBuffer.of(stream.columns().get(i).type());
    }
  }

  /** The values of one column, as many as the buffer has rows. */
  abstract static sealed class ColumnBuffer {
    static ColumnBuffer of(Column.Type type) {
      return switch (type) {
        case NAME -> new NameBuffer();
        case STRING -> new TextBuffer();
        case DOUBLE -> new RealBuffer();
      };
    }

    /** What a row takes, texts themselves aside, in bytes. */
    abstract int rowBytes();

    abstract void grow(int capacity);

    abstract void dropFirst(int count, int kept);
  }

  static final class NameBuffer extends ColumnBuffer {
    int[] numbers = new int[FIRST_CAPACITY];

    @Override
    int rowBytes() {
      return 4;
    }

    @Override
    void grow(int capacity) {
      numbers = Arrays.copyOf(numbers, capacity);
    }

    @Override
    void dropFirst(int count, int kept) {
      System.arraycopy(numbers, count, numbers, 0, kept);
    }
  }

  static final class TextBuffer extends ColumnBuffer {
    byte[][] texts = new byte[FIRST_CAPACITY][];

    @Override
    int rowBytes() {
      return TEXT_REFERENCE_BYTES;
    }

    @Override
    void grow(int capacity) {
      texts = Arrays.copyOf(texts, capacity);
    }

    @Override
    void dropFirst(int count, int kept) {
      System.arraycopy(texts, count, texts, 0, kept);
    }
  }

  static final class RealBuffer extends ColumnBuffer {
    double[] values = new double[FIRST_CAPACITY];

    @Override
    int rowBytes() {
      return 8;
    }

    @Override
    void grow(int capacity) {
      values = Arrays.copyOf(values, capacity);
    }

    @Override
    void dropFirst(int count, int kept) {
      System.arraycopy(values, count, values, 0, kept);
    }
  }

  /** Which stream the rows are of. */
  public Stream stream() {
    return stream;
  }

  /** The number of rows. */
  public int size() {
    return size;
  }

  /** The step of a row, 0 for a row without one. */
  public long step(int row) {
    return steps[row];
  }

  /** Whether a row has a step. */
  public boolean hasStep(int row) {
    return !withoutStep.get(row);
  }

  /** About how much memory the rows take, in bytes. */
  public long memoryBytes() {
    int rowBytes = 2 * Long.BYTES;
    for (ColumnBuffer column : columns) {
      rowBytes += column.rowBytes();
    }
    return (long) steps.length * rowBytes + textBytes;
  }

  /** The greatest step of all rows, of which there is at least one and each has a step. */
  public long greatestStep() {
    long greatest = steps[0];
    for (int row = 1; row < size; row++) {
      greatest = Math.max(greatest, steps[row]);
    }
    return greatest;
  }

  /** The least step of all rows, of which there is at least one and each has a step. */
  public long leastStep() {
    long least = steps[0];
    for (int row = 1; row < size; row++) {
      least = Math.min(least, steps[row]);
    }
    return least;
  }

  /** The time of a row, in microseconds since the epoch, UTC. */
  public long timeMicros(int row) {
    return times[row];
  }

  /** The number of a row's name, for a stream that is a series. */
  public int nameNumber(int row) {
    return ((NameBuffer) columns[0]).numbers[row];
  }

  /** How many names the rows of a writer have had so far; the numbers are below that. */
  public int nameCount() {
    return names.size();
  }

  /** The name with a number. */
  public String name(int number) {
    return names.name(number);
  }

  /** The value of a row, for a stream that is a series. */
  public double value(int row) {
    return ((RealBuffer) columns[1]).values[row];
  }

  /** Whether a column holds texts that are no names. */
  boolean hasTexts() {
    return Arrays.stream(columns).anyMatch(TextBuffer.class::isInstance);
  }

  /** The length of a row's texts, names aside, in bytes. */
  long textBytes(int row) {
    long bytes = 0;
    for (ColumnBuffer column : columns) {
      if (column instanceof TextBuffer buffer) {
        bytes += buffer.texts[row].length;
      }
    }
    return bytes;
  }

  NameTable names() {
    return names;
  }

  long[] steps() {
    return steps;
  }

  long[] times() {
    return times;
  }

  ColumnBuffer column(int index) {
    return columns[index];
  }

  /**
   * Adds one row for each name, of a stream that is a series.
   *
   * @param keySet numbers of names in the buffer's table
   * @param bytes where the values lie, as little-endian doubles one after the other
   * @param offset where the first one begins
   */
  public void addSeries(
      int[] keySet, boolean hasStep, long step, long timeMicros, byte[] bytes, int offset) {
    int count = keySet.length;
    int first = reserve(count, hasStep, step, timeMicros);
    System.arraycopy(keySet, 0, ((NameBuffer) columns[0]).numbers, first, count);
    double[] values = ((RealBuffer) columns[1]).values;
    for (int i = 0; i < count; i++) {
      values[first + i] = (double) DOUBLE.get(bytes, offset + 8 * i);
    }
  }

  /**
   * Adds one row.
   *
   * @param cells a value for each column of the stream: UTF-8 bytes for a text, a {@link Double}
   *     for a number
   */
  public void addRow(boolean hasStep, long step, long timeMicros, List<Object> cells) {
    int row = reserve(1, hasStep, step, timeMicros);
    for (int i = 0; i < columns.length; i++) {
      ColumnBuffer column = columns[i];
      Object cell = cells.get(i);
      if (column instanceof NameBuffer buffer) {
        buffer.numbers[row] = names.number(new String((byte[]) cell, StandardCharsets.UTF_8));
      } else if (column instanceof TextBuffer buffer) {
        buffer.texts[row] = (byte[]) cell;
        textBytes += buffer.texts[row].length;
      } else if (column instanceof RealBuffer buffer) {
        buffer.values[row] = (Double) cell;
      }
    }
  }

  /** Forgets the first rows, which are published already. */
  public void dropFirst(int count) {
    int kept = size - count;
    System.arraycopy(steps, count, steps, 0, kept);
    System.arraycopy(times, count, times, 0, kept);
    BitSet keptWithoutStep = withoutStep.get(count, size);
    withoutStep.clear();
    withoutStep.or(keptWithoutStep);
    for (ColumnBuffer column : columns) {
      column.dropFirst(count, kept);
    }
    size = kept;
  }

  private int reserve(int count, boolean hasStep, long step, long timeMicros) {
    int first = size;
    int end = first + count;
    if (end > steps.length) {
      int larger = steps.length < LARGE_CAPACITY ? steps.length : steps.length / 2;
      int capacity = Math.max(end, steps.length + larger);
      steps = Arrays.copyOf(steps, capacity);
      times = Arrays.copyOf(times, capacity);
      for (ColumnBuffer column : columns) {
        column.grow(capacity);
      }
    }
    for (int row = first; row < end; row++) {
      steps[row] = step;
      times[row] = timeMicros;
    }
    if (!hasStep) {
      withoutStep.set(first, end);
    }
    size = end;
    return first;
  }
}
