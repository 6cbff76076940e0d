package io.ostraka.query;

import io.ostraka.shard.MetricPoints;

/**
 * Puts the points of one shard into bins, a stretch of points of the same bin at a time.
 *
 * @param places where the points lie
 * @param grid into which bins
 * @param within only points of these positions are taken, all of which the grid shows
 */
record PointBins(Places places, Grid grid, Extent within) {
  /** Adds those points of a shard that a source shows. */
  void add(Source source, MetricPoints points, Bins.Builder bins) {
    boolean bySteps = places.axis() == Axis.STEP;
    long origin = places.origins().get(source.writer());
    Stretch stretch = new Stretch(source.writer(), bins);
    for (int i = bySteps ? points.withoutStep() : 0; i < points.size(); i++) {
      long position = bySteps ? points.step(i) : points.timeMicros(i) - origin;
      boolean isIn = within.first() <= position && position <= within.last();
      if (isIn && source.reads(points.row(i), points.step(i))) {
        if (!stretch.holds(position)) {
          stretch.flush();
          stretch.begin(grid, position);
        }
        stretch.add(points.row(i), points.value(i));
      }
    }
    stretch.flush();
  }

  /** Points that follow each other and are of the same bin. */
  private static final class Stretch {
    private final int writer;
    private final Bins.Builder bins;
    private int at;
    private long first = 1;
    private long last;
    private double min;
    private double max;
    private double scaledSum;
    private double lastValue;
    private long lastRow;
    private long count;
    private long finite;

    Stretch(int writer, Bins.Builder bins) {
      this.writer = writer;
      this.bins = bins;
    }

    boolean holds(long position) {
      return first <= position && position <= last;
    }

    /* A bin at the end of what 64 bits hold is cut there. */
    void begin(Grid grid, long position) {
      at = grid.at(position);
      long offset = Math.floorMod(position, grid.positionsPerBin());
      first = position - offset;
      first = first > position ? Long.MIN_VALUE : first;
      last = position + (grid.positionsPerBin() - 1 - offset);
      last = last < position ? Long.MAX_VALUE : last;
      min = Double.POSITIVE_INFINITY;
      max = Double.NEGATIVE_INFINITY;
      scaledSum = 0;
      lastRow = -1;
      count = 0;
      finite = 0;
    }

    void add(long row, double value) {
      if (row > lastRow) {
        lastRow = row;
        lastValue = value;
      }
      if (Double.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
        scaledSum += value * Bins.SUM_SCALE;
        finite++;
      }
      count++;
    }

    void flush() {
      if (count > 0) {
        bins.add(at, writer, min, max, lastValue, lastRow, count, finite, scaledSum);
      }
    }
  }
}
