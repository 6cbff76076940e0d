package io.ostraka.query;

import io.ostraka.WriterId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a chart.
 *
 * @param run the run's id; of a group of runs the first one's
 * @param group the runs of the line; null if it is not a group
 * @param writer the writer that leads the rank's line, or null where the line is not one rank
 * @param metric the metric's name
 * @param extent from where to where the whole series reaches, in units of x (milliseconds are
 *     rounded down); null if no point has a place on this axis
 * @param values the same on the axis of another metric, in that metric's values; null on any other
 * @param writers the writers that have points of the metric, in the order in which they have the
 *     last word: by rank, of one rank those first that continue others
 * @param drawn what was asked for: bins or points
 */
public record Series(
    String run,
    @Nullable Group group,
    @Nullable WriterId writer,
    String metric,
    @Nullable Extent extent,
    @Nullable ValueRange values,
    List<WriterId> writers,
    Drawn drawn) {
  /** Keeps its own copy. */
  public Series {
    writers = List.copyOf(writers);
  }

  /** What a line has become. */
  static Series of(
      Line line,
      String metric,
      Selection selection,
      @Nullable Extent extent,
      @Nullable ValueRange values,
      Layout layout) {
    List<String> runs =
        line.runs().stream().map(run -> selection.runs().get(run).key().run()).toList();
    LineKey key = line.key();
    return new Series(
        runs.get(0),
        key.run() == LineKey.SEVERAL ? new Group(key.group(), runs) : null,
        key.lead(),
        metric,
        extent,
        values,
        line.writers().stream().map(selection::writer).toList(),
        line.drawn(layout.statistic()));
  }

  /** Its bins; none if it is given as points. */
  public Bins bins() {
    return drawn.bins();
  }
}
