package io.ostraka.query.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.catalog.Problem;
import io.ostraka.query.MetricSummary;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Subject;
import io.ostraka.query.filter.Value;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run as a row of a table. Immutable.
 *
 * @param run its id
 * @param facts what every run has, without those that this one has not
 * @param config what it was configured with; not to be changed
 * @param summary what a person set as the outcome; not to be changed
 * @param metrics the numbers of each of its metrics, by name
 * @param problems what was left out
 */
public record RunRow(
    String run,
    Map<Fact, Value> facts,
    ObjectNode config,
    ObjectNode summary,
    Map<String, MetricSummary> metrics,
    List<Problem> problems)
    implements Subject {
  /** Keeps its own copies. */
  public RunRow {
    EnumMap<Fact, Value> copy = new EnumMap<>(Fact.class);
    copy.putAll(facts);
    facts = Collections.unmodifiableMap(copy);
    metrics = Map.copyOf(metrics);
    problems = List.copyOf(problems);
  }

  @Override
  public @Nullable Value value(Field field) {
    if (field instanceof Field.OfRun own) {
      return facts.get(own.fact());
    }
    if (field instanceof Field.Config inConfig) {
      return Value.of(find(config, inConfig.path()));
    }
    List<String> path = ((Field.Summary) field).path();
    JsonNode own = summary.isEmpty() ? null : find(summary, path);
    Value set = own == null ? null : Value.of(own);
    return set != null ? set : ofMetric(path);
  }

  /** What a fact is; null if the run has no such one. */
  public @Nullable Value fact(Fact fact) {
    return facts.get(fact);
  }

  /*
   * Which number of a metric: the last part says so if it can and there is such a metric; else the
   * whole path is the metric's name. So every metric's every number has a name.
   */
  private @Nullable Value ofMetric(List<String> path) {
    int last = path.size() - 1;
    if (last > 0) {
      Statistic statistic = Statistic.of(path.get(last));
      MetricSummary metric = statistic == null ? null : metrics.get(joined(path.subList(0, last)));
      if (metric != null && statistic != null) {
        return statistic.of(metric);
      }
    }
    MetricSummary metric = metrics.get(joined(path));
    return metric == null ? null : Statistic.LAST.of(metric);
  }

  /*
   * Nested keys first; where there are none, a key with dots in it, since many write
   * "optimizer.lr" as one key.
   */
  private static @Nullable JsonNode find(ObjectNode in, List<String> path) {
    for (int length = 1; length <= path.size(); length++) {
      JsonNode found = in.get(joined(path.subList(0, length)));
      if (length < path.size()) {
        found =
            found instanceof ObjectNode inner
                ? find(inner, path.subList(length, path.size()))
                : null;
      }
      if (found != null && !found.isNull()) {
        return found;
      }
    }
    return null;
  }

  private static String joined(List<String> parts) {
    return parts.size() == 1 ? parts.get(0) : String.join(".", parts);
  }
}
