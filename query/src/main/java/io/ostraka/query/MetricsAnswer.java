package io.ostraka.query;

import io.ostraka.catalog.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of some runs.
 *
 * @param metrics by name
 * @param problems shards that were left out
 */
public record MetricsAnswer(List<Metric> metrics, List<Problem> problems) {
  /** Keeps its own copies. */
  public MetricsAnswer {
    metrics = List.copyOf(metrics);
    problems = List.copyOf(problems);
  }

  /**
   * One metric over some runs.
   *
   * @param name its name
   * @param count its points
   * @param steps from the least to the greatest step, null if no point has one
   * @param runs the ids of the runs that have it
   */
  public record Metric(String name, long count, @Nullable Extent steps, List<String> runs) {
    /** Keeps its own copy. */
    public Metric {
      runs = List.copyOf(runs);
    }
  }
}
