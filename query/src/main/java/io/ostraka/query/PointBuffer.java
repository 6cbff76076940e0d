package io.ostraka.query;

import java.util.Arrays;
import java.util.Comparator;
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
      int more = size * 2;
      writers = Arrays.copyOf(writers, more);
      positions = Arrays.copyOf(positions, more);
      xs = Arrays.copyOf(xs, more);
      rows = Arrays.copyOf(rows, more);
      values = Arrays.copyOf(values, more);
    }
    writers[size] = writer;
    positions[size] = position;
    xs[size] = x;
    rows[size] = row;
    values[size] = value;
    size++;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
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
    Comparator<Integer> order = this::compare;
    return isSorted ? all.toArray() : all.boxed().sorted(order).mapToInt(i -> i).toArray();
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
