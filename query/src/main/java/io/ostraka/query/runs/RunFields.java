package io.ostraka.query.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.filter.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The fields of configuration and summary that some runs have. */
public final class RunFields {
  private static final int DEEPEST = 8;

  private RunFields() {}

  /**
   * A field that some runs have.
   *
   * @param field its text, as a filter has it
   * @param isMetric whether it is a metric's last value, and so has {@code .min} and others too
   * @param runs how many runs have it
   */
  public record Known(String field, boolean isMetric, int runs) {}

  /** All of them: settings, values that people set, metrics; each by name. */
  public static List<Known> of(List<RunRow> rows) {
    Map<String, Integer> config = new TreeMap<>();
    Map<String, Integer> summary = new TreeMap<>();
    Map<String, Integer> metrics = new TreeMap<>();
    for (RunRow row : rows) {
      config(row.config()).keySet().forEach(field -> config.merge(field.text(), 1, Integer::sum));
      summary(row.summary())
          .keySet()
          .forEach(field -> summary.merge(field.text(), 1, Integer::sum));
      row.metrics().keySet().forEach(name -> metrics.merge(name, 1, Integer::sum));
    }
    List<Known> all = new ArrayList<>();
    config.forEach((field, runs) -> all.add(new Known(field, false, runs)));
    summary.forEach((field, runs) -> all.add(new Known(field, false, runs)));
    metrics.forEach(
        (name, runs) -> all.add(new Known(new Field.Summary(List.of(name)).text(), true, runs)));
    return all;
  }

  /** The settings of a configuration that are no objects themselves, in their order. */
  public static Map<Field, JsonNode> config(ObjectNode config) {
    Map<Field, JsonNode> leaves = new LinkedHashMap<>();
    addLeaves(config, List.of(), (path, leaf) -> leaves.put(new Field.Config(path), leaf));
    return leaves;
  }

  /** The values that a person set and that are no objects themselves, in their order. */
  public static Map<Field, JsonNode> summary(ObjectNode summary) {
    Map<Field, JsonNode> leaves = new LinkedHashMap<>();
    addLeaves(summary, List.of(), (path, leaf) -> leaves.put(new Field.Summary(path), leaf));
    return leaves;
  }

  private interface Leaf {
    void add(List<String> path, JsonNode leaf);
  }

  private static void addLeaves(ObjectNode object, List<String> above, Leaf action) {
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      List<String> path = new ArrayList<>(above);
      path.add(entry.getKey());
      JsonNode value = entry.getValue();
      boolean goesOn = !value.isEmpty() && path.size() < DEEPEST;
      if (goesOn && value instanceof ObjectNode inner) {
        addLeaves(inner, path, action);
      } else if (!value.isNull()) {
        action.add(path, value);
      }
    }
  }
}
