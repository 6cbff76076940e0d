package io.ostraka.query;

import io.ostraka.catalog.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a chart, all in bins of one width.
 *
 * @param axis what x is
 * @param xMetric the metric that x is, if it is one; the axis is then of no meaning
 * @param width of a bin, in units of x or {@code 10^exponent} of them: 1, 2 or 5 times a power of
 *     ten
 * @param exponent 0, or on the axis of another metric the power of ten that widths are in
 * @param whole whether the bins hold everything; otherwise only what is new since what is held
 * @param progress how far this has come, to be told only what is new next time
 * @param clip the range of what is drawn without outliers; null if it was not asked for, or nothing
 *     is drawn
 * @param series the lines, in the order of metrics, runs and ranks as they were asked for
 * @param problems shards that were left out
 */
public record SeriesAnswer(
    Axis axis,
    @Nullable String xMetric,
    long width,
    int exponent,
    boolean whole,
    Progress progress,
    @Nullable ValueRange clip,
    List<Series> series,
    List<Problem> problems) {
  /** Keeps its own copies. */
  public SeriesAnswer {
    series = List.copyOf(series);
    problems = List.copyOf(problems);
  }
}
