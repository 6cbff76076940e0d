package io.ostraka.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.RunFields;
import io.ostraka.query.runs.RunRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs as rows of a table: with a column for each fact, setting and outcome, of the type that its
 * values have in common; or a row for each of these, as texts.
 */
final class RunColumns {
  static final String TABLE = "ostraka_exported_runs";

  private static final List<String> NUMBERS = List.of("last", "min", "max", "mean", "count");

  private final ExportedRuns runs;
  private final List<Column> columns = new ArrayList<>();

  private record Column(String name, Field field, String type) {}

  /**
   * Columns of some runs.
   *
   * @param metrics the metrics to tell of; none means all
   */
  RunColumns(ExportedRuns runs, List<String> metrics) {
    this.runs = runs;
    Set<Field> fields = new LinkedHashSet<>();
    for (Fact fact : Fact.values()) {
      fields.add(new Field.OfRun(fact));
    }
    runs.rows().values().forEach(row -> fields.addAll(RunFields.config(row.config()).keySet()));
    runs.rows().values().forEach(row -> fields.addAll(RunFields.summary(row.summary()).keySet()));
    Set<String> names = new TreeSet<>(metrics);
    if (metrics.isEmpty()) {
      runs.rows().values().forEach(row -> names.addAll(row.metrics().keySet()));
    }
    for (String metric : names) {
      NUMBERS.forEach(number -> fields.add(new Field.Summary(List.of(metric, number))));
    }
    Set<String> taken = new HashSet<>(Set.of("project"));
    for (Field field : fields) {
      String name = field.text();
      // To DuckDB names differ by more than their case.
      for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
        name = field.text() + "_" + i;
      }
      columns.add(new Column(name, field, type(field)));
    }
  }

  private String type(Field field) {
    Set<String> types = new HashSet<>();
    for (RunRow row : runs.rows().values()) {
      Value value = row.value(field);
      if (value != null) {
        types.add(type(value));
      }
    }
    if (types.equals(Set.of("BIGINT", "DOUBLE"))) {
      return "DOUBLE";
    }
    return types.size() == 1 ? types.iterator().next() : "VARCHAR";
  }

  private static String type(Value value) {
    if (value instanceof Value.Whole) {
      return "BIGINT";
    }
    if (value instanceof Value.Real) {
      return "DOUBLE";
    }
    if (value instanceof Value.Truth) {
      return "BOOLEAN";
    }
    return value instanceof Value.Time ? "TIMESTAMPTZ" : "VARCHAR";
  }

  /** The columns' types by their names. */
  Map<String, String> types(boolean isWide) {
    Map<String, String> types = new LinkedHashMap<>();
    types.put("project", "VARCHAR");
    if (isWide) {
      columns.forEach(column -> types.put(column.name(), column.type()));
    } else {
      List.of("run", "name", "field", "value").forEach(name -> types.put(name, "VARCHAR"));
    }
    return types;
  }

  /** The rows. */
  ArrayNode rows(boolean isWide) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    runs.rows()
        .forEach(
            (key, row) -> {
              if (isWide) {
                addWide(key, row, rows.addObject());
              } else {
                addLong(key, row, rows);
              }
            });
    return rows;
  }

  private void addWide(RunKey key, RunRow row, ObjectNode json) {
    json.put("project", key.project());
    for (Column column : columns) {
      Value value = row.value(column.field());
      if (value != null && column.type().equals("VARCHAR")) {
        json.put(column.name(), text(value));
      } else if (value != null) {
        json.set(column.name(), value.json());
      }
    }
  }

  private void addLong(RunKey key, RunRow row, ArrayNode rows) {
    for (Column column : columns) {
      Value value = row.value(column.field());
      if (value != null) {
        rows.addObject()
            .put("project", key.project())
            .put("run", key.run())
            .put("name", text(row.fact(Fact.NAME)))
            .put("field", column.field().text())
            .put("value", text(value));
      }
    }
  }

  /* Lists and objects are JSON. */
  private static @Nullable String text(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    JsonNode json = value.json();
    return json.isValueNode() ? json.asText() : json.toString();
  }
}
