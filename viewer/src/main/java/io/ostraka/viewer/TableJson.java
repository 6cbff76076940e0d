package io.ostraka.viewer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.MetricSummary;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.FilterSyntaxException;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.Importance;
import io.ostraka.query.runs.RunDiff;
import io.ostraka.query.runs.RunFields;
import io.ostraka.query.runs.RunRow;
import io.ostraka.query.runs.TableAnswer;
import io.ostraka.query.runs.TableRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The JSON of runs as rows of a table ({@code docs/http.md}). */
final class TableJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private TableJson() {}

  /**
   * A page.
   *
   * @param columns the fields to show; none for all
   */
  static ObjectNode page(
      TableRequest request, TableAnswer answer, List<Field> columns, Instant now) {
    ObjectNode json = NODES.objectNode();
    json.put("project", request.project()).put("now", Json.time(now));
    json.put("total", answer.total()).put("matched", answer.matched());
    json.put("offset", request.offset()).put("limit", request.limit());
    if (!columns.isEmpty()) {
      ArrayNode names = json.putArray("columns");
      columns.forEach(column -> names.add(column.text()));
    }
    ArrayNode rows = json.putArray("rows");
    for (RunRow row : answer.rows()) {
      rows.add(columns.isEmpty() ? whole(row) : chosen(row, columns));
    }
    ArrayNode notes = json.putArray("notes");
    answer.notes().forEach(notes::add);
    Json.addProblems(json.putArray("problems"), answer.problems());
    return json;
  }

  private static ObjectNode chosen(RunRow row, List<Field> columns) {
    ObjectNode json = NODES.objectNode().put("run", row.run());
    ArrayNode values = json.putArray("values");
    columns.forEach(column -> values.add(value(row.value(column))));
    return json;
  }

  private static ObjectNode whole(RunRow row) {
    ObjectNode json = NODES.objectNode();
    for (Fact fact : Fact.values()) {
      json.set(fact.text(), value(row.fact(fact)));
    }
    json.set("config", row.config());
    json.set("summary", row.summary());
    ObjectNode metrics = json.putObject("metrics");
    for (Map.Entry<String, MetricSummary> metric : new TreeMap<>(row.metrics()).entrySet()) {
      Json.putSummary(metrics.putObject(metric.getKey()), metric.getValue());
    }
    return json;
  }

  static JsonNode value(@Nullable Value value) {
    if (value == null) {
      return NODES.nullNode();
    }
    return value instanceof Value.Time time
        ? NODES.textNode(Json.time(time.value()))
        : value.json();
  }

  static ObjectNode diff(RunDiff diff) {
    ObjectNode json = NODES.objectNode();
    ArrayNode runs = json.putArray("runs");
    for (RunRow row : diff.runs()) {
      ObjectNode run = runs.addObject();
      run.put("run", row.run());
      run.set("name", value(row.fact(Fact.NAME)));
      run.set("state", value(row.fact(Fact.STATE)));
    }
    addDifferences(json.putArray("config"), diff.config());
    addDifferences(json.putArray("summary"), diff.summary());
    return json.put("same", diff.same());
  }

  private static void addDifferences(ArrayNode list, List<RunDiff.Difference> differences) {
    for (RunDiff.Difference difference : differences) {
      ObjectNode one = list.addObject().put("field", difference.field().text());
      ArrayNode values = one.putArray("values");
      difference.values().forEach(value -> values.add(value(value)));
    }
  }

  static ObjectNode importance(Importance importance) {
    ObjectNode json = NODES.objectNode();
    json.put("target", importance.target().text());
    json.put("runs", importance.runs()).put("used", importance.used());
    json.put("explained", importance.explained());
    json.put("message", importance.message());
    ArrayNode settings = json.putArray("settings");
    for (Importance.Setting setting : importance.settings()) {
      settings
          .addObject()
          .put("field", setting.field().text())
          .put("runs", setting.runs())
          .put("values", setting.values())
          .put("importance", setting.importance())
          .put("correlation", setting.correlation());
    }
    return json;
  }

  static ObjectNode error(FilterSyntaxException e) {
    return NODES
        .objectNode()
        .put("error", e.getMessage())
        .put("position", e.position())
        .put("expected", e.expected());
  }

  static ObjectNode fields(List<RunFields.Known> fields) {
    ObjectNode json = NODES.objectNode();
    ArrayNode list = json.putArray("fields");
    for (RunFields.Known field : fields) {
      list.addObject()
          .put("field", field.field())
          .put("metric", field.isMetric())
          .put("runs", field.runs());
    }
    return json;
  }
}
