package io.ostraka.query;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Points of a line in memory, as many as come. */
final class PointBuffer implements PointSink {
  private int size;
  private int[] writers = new int[64];
  private long[] positions = new long[64];
  private double[] xs = new double[64];
  private long[] rows = new long[64];
  private double[] values = new double[64];

  @Override
  public void add(int writer, long position, double x, long row, double value) {
    if (size == writers.length) {
      enlarge(size * 2);
    }
    set(size++, writer, position, x, row, value);
  }

  private void enlarge(int capacity) {
    writers = Arrays.copyOf(writers, capacity);
    positions = Arrays.copyOf(positions, capacity);
    xs = Arrays.copyOf(xs, capacity);
    rows = Arrays.copyOf(rows, capacity);
    values = Arrays.copyOf(values, capacity);
  }

  /** A buffer of so many places, all zero, to be set in any order. */
  static PointBuffer ofSize(int size) {
    PointBuffer buffer = new PointBuffer();
    buffer.enlarge(size);
    buffer.size = size;
    return buffer;
  }

  /** Adds a point of another buffer. */
  void add(PointBuffer other, int i) {
    add(other.writers[i], other.positions[i], other.xs[i], other.rows[i], other.values[i]);
  }

  void set(int i, PointBuffer other, int from) {
    set(
        i,
        other.writers[from],
        other.positions[from],
        other.xs[from],
        other.rows[from],
        other.values[from]);
  }

  void set(int i, int writer, long position, double x, long row, double value) {
    writers[i] = writer;
    positions[i] = position;
    xs[i] = x;
    rows[i] = row;
    values[i] = value;
  }

  int size() {
    return size;
  }

  int writer(int i) {
    return writers[i];
  }

  long position(int i) {
    return positions[i];
  }

  double x(int i) {
    return xs[i];
  }

  long row(int i) {
    return rows[i];
  }

  double value(int i) {
    return values[i];
  }

  /** The indexes of all points by place, of one place in the order in which they came. */
  int[] byPlace() {
    boolean isSorted = true;
    for (int i = 1; i < size && isSorted; i++) {
      isSorted = compare(i - 1, i) <= 0;
    }
    IntStream all = IntStream.range(0, size);
    return isSorted ? all.toArray() : byPlace(all.boxed().toList());
  }

  /** Some indexes by place, of one place as they are given. */
  int[] byPlace(List<Integer> chosen) {
    return chosen.stream().sorted(this::compare).mapToInt(i -> i).toArray();
  }

  /* Great steps are not told apart by x, and places on another metric's axis not by position. */
  private int compare(int one, int other) {
    int byX = Double.compare(xs[one], xs[other]);
    return byX != 0 ? byX : Long.compare(positions[one], positions[other]);
  }

  /**
   * The chosen points as an answer.
   *
   * @param order the numbers of all writers that may have been added, ascending
   */
  Points points(int[] chosen, List<Integer> order) {
    double[] x = new double[chosen.length];
    double[] value = new double[chosen.length];
    int[] writer = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      x[i] = xs[chosen[i]];
      value[i] = values[chosen[i]];
      writer[i] = order.indexOf(writers[chosen[i]]);
    }
    return new Points(x, value, writer);
  }
}
