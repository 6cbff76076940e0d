package io.ostraka.query;

import io.ostraka.catalog.Problem;
import io.ostraka.catalog.Watermark;
import java.util.List;

/**
 * Lines of a chart, all in bins of one width.
 *
 * @param axis what x is
 * @param width of a bin, in units of x: 1, 2 or 5 times a power of ten
 * @param whole whether the bins hold everything; otherwise only what is above the asked watermark
 * @param watermark up to where rows were taken in
 * @param series the lines, in the order of metrics, runs and writers as they were asked for
 * @param problems shards that were left out
 */
public record SeriesAnswer(
    Axis axis,
    long width,
    boolean whole,
    Watermark watermark,
    List<Series> series,
    List<Problem> problems) {
  /** Keeps its own copies. */
  public SeriesAnswer {
    series = List.copyOf(series);
    problems = List.copyOf(problems);
  }
}
