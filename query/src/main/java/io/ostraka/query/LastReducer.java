package io.ostraka.query;

import java.util.Arrays;
import java.util.List;

/** The last points of a line, so many; of one place those that came last. */
final class LastReducer implements Reducer {
  private final Grid grid;
  private final int wanted;
  private PointBuffer points = new PointBuffer();
  private long seen;

  LastReducer(Grid grid, int wanted) {
    this.grid = grid;
    this.wanted = wanted;
  }

  @Override
  public void add(int writer, long position, double x, long row, double value) {
    if (!grid.shows(position)) {
      return;
    }
    seen++;
    if (points.size() >= 2 * wanted) {
      PointBuffer kept = new PointBuffer();
      for (int place : last()) {
        kept.add(points, place);
      }
      points = kept;
    }
    points.add(writer, position, x, row, value);
  }

  @Override
  public Drawn drawn(List<Integer> order) {
    int[] last = last();
    return Drawn.points(points.points(last, order), last.length == seen);
  }

  private int[] last() {
    int[] sorted = points.byPlace();
    return Arrays.copyOfRange(sorted, Math.max(0, sorted.length - wanted), sorted.length);
  }
}
