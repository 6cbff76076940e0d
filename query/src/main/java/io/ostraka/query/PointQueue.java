package io.ostraka.query;

/** Points that wait, first in, first out. */
final class PointQueue {
  private PointBuffer points = PointBuffer.ofSize(64);
  private int first;
  private int size;

  void add(int writer, long position, double x, long row, double value) {
    if (size == points.size()) {
      PointBuffer larger = PointBuffer.ofSize(2 * size);
      for (int i = 0; i < size; i++) {
        larger.set(i, points, at(i));
      }
      points = larger;
      first = 0;
    }
    points.set(at(size), writer, position, x, row, value);
    size++;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The value of the first. */
  double value() {
    return points.value(first);
  }

  /** Gives the first on with another value, and takes it off. */
  void give(PointSink next, double value) {
    int i = first;
    next.add(points.writer(i), points.position(i), points.x(i), points.row(i), value);
    first = at(1);
    size--;
  }

  private int at(int i) {
    return (first + i) & (points.size() - 1);
  }
}
