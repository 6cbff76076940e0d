package io.ostraka.query;

import io.ostraka.Stream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which lines are wanted, and how fine.
 *
 * @param project the project
 * @param runs at least one run id
 * @param metrics at least one name, or formula after {@code =}
 * @param stream metrics or system
 * @param axis what x is
 * @param range the part of x wanted
 * @param bins how many bins there may be, 2 to {@value #MOST_BINS}
 * @param ranks how the ranks of a run are drawn
 * @param options what else is wanted
 * @param held what the caller holds already, to be told only what is new; null for everything
 */
public record SeriesRequest(
    String project,
    List<String> runs,
    List<String> metrics,
    Stream stream,
    Axis axis,
    Range range,
    int bins,
    Ranks ranks,
    SeriesOptions options,
    @Nullable Held held) {
  /** The most bins that one answer has. */
  public static final int MOST_BINS = 10_000;

  /** Checks what can be checked without looking. */
  public SeriesRequest {
    runs = List.copyOf(runs);
    metrics = List.copyOf(metrics);
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("No run is named; name one or more");
    }
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("No metric is named; name one or more");
    }
    if (!stream.isSeries()) {
      throw new IllegalArgumentException(
          "The stream " + stream.folder() + " holds no series; ask for metrics or system");
    }
    metrics.forEach(Expression::parse);
    if (options.xMetric() != null && held != null) {
      throw new IllegalArgumentException(
          "On the axis of another metric every answer is whole; leave width and above out");
    }
    boolean isBand = ranks == Ranks.BAND || options.grouping() != null;
    if (isBand && options.reduction() != Reduction.BINS) {
      throw new IllegalArgumentException(
          "A line of several members is made of bins; ask for reduce = bins, or for each by"
              + " itself");
    }
    if (ranks != Ranks.MERGE && options.grouping() != null) {
      throw new IllegalArgumentException(
          "A group takes each run as a whole; ask for ranks = merge, or for no group");
    }
    if (bins < 2 || bins > MOST_BINS) {
      throw new IllegalArgumentException("bins = " + bins + " is outside 2 to " + MOST_BINS);
    }
  }

  /** Whether points are made of several metrics. */
  boolean isDerived() {
    return options.xMetric() != null || metrics.stream().anyMatch(Expression::isFormula);
  }

  /** Everything of one metric of some runs by step, one line each. */
  public static SeriesRequest of(String project, List<String> runs, String metric) {
    return new SeriesRequest(
        project,
        runs,
        List.of(metric),
        Stream.METRICS,
        Axis.STEP,
        Range.all(),
        1000,
        Ranks.MERGE,
        SeriesOptions.plain(),
        null);
  }

  /**
   * Bins from an earlier answer.
   *
   * @param width their width
   * @param progress how far they have come
   */
  public record Held(long width, Progress progress) {
    /** Checks the width. */
    public Held {
      if (!BinWidth.isOurs(width)) {
        throw new IllegalArgumentException(
            "width = " + width + " is not 1, 2 or 5 times a power of ten; give that of the answer");
      }
    }
  }
}
