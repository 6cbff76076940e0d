package io.ostraka.query.smooth;

import java.util.Arrays;

/** The newest values of a line, each known by its number from 0. */
final class Window {
  private final double[] values;
  private long size;

  /** A window that keeps so many. */
  Window(int kept) {
    values = new double[Integer.highestOneBit(Math.max(1, kept - 1)) << 1];
  }

  void add(double value) {
    values[at(size)] = value;
    size++;
  }

  /** How many values there have been. */
  long size() {
    return size;
  }

  /** One of those that are kept. */
  double get(long number) {
    return values[at(number)];
  }

  /** Those from one to another, exclusive. */
  double[] copy(long from, long to) {
    double[] copy = new double[(int) (to - from)];
    Arrays.setAll(copy, i -> get(from + i));
    return copy;
  }

  private int at(long number) {
    return (int) number & (values.length - 1);
  }
}
