package io.ostraka.query;

import io.ostraka.query.smooth.Smoothing;
import org.jspecify.annotations.Nullable;

/**
 * What else is wanted of the lines of a chart.
 *
 * @param xMetric the metric that x is, of a point the last value at or before its step; null where
 *     x is the request's axis
 * @param grouping which runs are one line; null for a line for each
 * @param reduction to what a line is reduced
 * @param exact whether a line that has at most as many points as there may be bins is given as
 *     these points
 * @param lastOfRepeats whether of several values of a rank at one step only the last counts
 * @param smoothing how values are smoothed, over all points of a rank's line and before anything
 *     else; null for not at all
 * @param clip a range of the values without outliers; null for none
 */
public record SeriesOptions(
    @Nullable String xMetric,
    @Nullable Grouping grouping,
    Reduction reduction,
    boolean exact,
    boolean lastOfRepeats,
    @Nullable Smoothing smoothing,
    @Nullable Clip clip) {
  private static final SeriesOptions PLAIN =
      new SeriesOptions(null, null, Reduction.BINS, false, false, null, null);

  /** Bins of everything. */
  public static SeriesOptions plain() {
    return PLAIN;
  }

  /** Whether bins are made of all values as they were logged, which DuckDB does by itself. */
  boolean areBinsOfAll() {
    return reduction == Reduction.BINS && !lastOfRepeats && smoothing == null;
  }
}
