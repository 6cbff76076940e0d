package io.ostraka.cli;

import io.ostraka.Stream;
import io.ostraka.cli.draw.Curve;
import io.ostraka.query.Axis;
import io.ostraka.query.Query;
import io.ostraka.query.Range;
import io.ostraka.query.Ranks;
import io.ostraka.query.Series;
import io.ostraka.query.SeriesAnswer;
import io.ostraka.query.SeriesOptions;
import io.ostraka.query.SeriesRequest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The lines of metrics by step, to be drawn side by side or one below the other. */
final class MetricLines {
  /** Bins are up to 2.5 times wider than asked for, and their edges are not those of columns. */
  private static final int BINS_A_COLUMN = 8;

  private final Map<Key, Series> lines = new HashMap<>();
  private final long width;
  private final long first;
  private final long last;

  private record Key(String run, String metric) {}

  private MetricLines(SeriesAnswer answer, Map<String, String> metrics) {
    width = answer.width();
    for (Series line : answer.series()) {
      lines.put(new Key(line.run(), metrics.getOrDefault(line.metric(), line.metric())), line);
    }
    first = lines.values().stream().mapToLong(MetricLines::first).min().orElse(0);
    last = lines.values().stream().mapToLong(MetricLines::last).max().orElse(0);
  }

  private static long first(Series line) {
    return line.extent() == null ? Long.MAX_VALUE : line.extent().first();
  }

  private static long last(Series line) {
    return line.extent() == null ? Long.MIN_VALUE : line.extent().last();
  }

  /**
   * Asks for lines.
   *
   * @param columns into how many columns they will be cut
   * @throws NoSuchFileException if no run has any of the metrics
   */
  static MetricLines of(
      Query query, String project, List<String> runs, List<String> metrics, int columns)
      throws IOException {
    Map<String, String> names = new HashMap<>();
    metrics.forEach(metric -> names.put(expression(metric), metric));
    int bins = Math.min(SeriesRequest.MOST_BINS, columns * BINS_A_COLUMN);
    SeriesAnswer answer =
        query.series(
            new SeriesRequest(
                project,
                runs,
                metrics.stream().map(MetricLines::expression).toList(),
                Stream.METRICS,
                Axis.STEP,
                Range.all(),
                bins,
                Ranks.MERGE,
                SeriesOptions.plain(),
                null));
    return new MetricLines(answer, names);
  }

  /* A name that begins as a formula does is the formula of that name alone. */
  private static String expression(String metric) {
    return metric.startsWith("=") ? "=`" + metric.replace("`", "``") + "`" : metric;
  }

  /** The least step of all lines. */
  long first() {
    return first;
  }

  /** The greatest step of all lines. */
  long last() {
    return last;
  }

  /** The line of a metric of a run, cut into columns from the least to the greatest step of all. */
  Optional<Curve> curve(String run, String metric, int columns) {
    return Optional.ofNullable(lines.get(new Key(run, metric)))
        .map(line -> Curve.of(line.bins(), width, first, last, columns));
  }
}
