package io.ostraka.query;

import java.util.List;

/** Bins of a line, or its points themselves as long as they are few. */
final class BinReducer implements Reducer {
  private final Grid grid;
  private final Bins.Builder builder;
  private final int mostPoints;
  private final PointBuffer first = new PointBuffer();

  /**
   * Nothing yet.
   *
   * @param mostPoints up to how many points are given as such; 0 for bins in any case
   */
  BinReducer(Grid grid, int mostPoints) {
    this.grid = grid;
    this.builder = grid.builder();
    this.mostPoints = mostPoints;
  }

  @Override
  public void add(int writer, long position, double x, long row, double value) {
    if (!grid.shows(position)) {
      return;
    }
    builder.add(grid.at(position), writer, row, value);
    if (first.size() <= mostPoints && mostPoints > 0) {
      first.add(writer, position, x, row, value);
    }
  }

  @Override
  public Drawn drawn(List<Integer> order) {
    int size = first.size();
    if (mostPoints > 0 && size <= mostPoints) {
      return Drawn.points(first.points(first.byPlace(), order), true);
    }
    return Drawn.bins(builder.build(order));
  }

  /** The bins, to be added to. */
  Bins.Builder builder() {
    return builder;
  }
}
