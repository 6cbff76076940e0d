package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.Drawn;
import io.ostraka.query.Extent;
import io.ostraka.query.Group;
import io.ostraka.query.Points;
import io.ostraka.query.Series;
import io.ostraka.query.SeriesAnswer;
import io.ostraka.query.ValueRange;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bytes of {@code application/vnd.ostraka.bins}: a head in JSON, then columns. */
final class SeriesBytes {
  static final String TYPE = "application/vnd.ostraka.bins";

  private static final int WORD_BYTES = 4;

  private SeriesBytes() {}

  /** What is told of an answer beside its numbers. */
  static ObjectNode head(SeriesAnswer answer) {
    ObjectNode head = JsonNodeFactory.instance.objectNode();
    String xMetric = answer.xMetric();
    head.put("x", xMetric == null ? answer.axis().text() : Parameters.X_METRIC + xMetric);
    if (xMetric == null) {
      head.put("width", answer.width());
    } else {
      head.put("width", BigDecimal.valueOf(answer.width()).scaleByPowerOfTen(answer.exponent()));
    }
    head.put("whole", answer.whole());
    head.put("watermark", answer.progress().format());
    ValueRange clip = answer.clip();
    if (clip != null) {
      head.putObject("clip").put("low", clip.low()).put("high", clip.high());
    }
    ArrayNode list = head.putArray("series");
    answer.series().forEach(series -> list.add(describe(series)));
    Json.addProblems(head.putArray("problems"), answer.problems());
    return head;
  }

  static byte[] encode(SeriesAnswer answer) {
    ObjectNode head = head(answer);
    List<SeriesColumn> columns = new ArrayList<>();
    for (int i = 0; i < answer.series().size(); i++) {
      Drawn drawn = answer.series().get(i).drawn();
      List<SeriesColumn> own = SeriesColumn.of(drawn);
      columns.addAll(own);
      addColumns((ObjectNode) head.path("series").path(i), drawn, own);
    }
    byte[] json = padded(Json.bytes(head));
    int bytes = columns.stream().mapToInt(SeriesColumn::sizeBytes).sum();
    ByteBuffer buffer =
        ByteBuffer.allocate(WORD_BYTES + json.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(json.length).put(json);
    columns.forEach(column -> column.put(buffer));
    return buffer.array();
  }

  private static void addColumns(ObjectNode json, Drawn drawn, List<SeriesColumn> columns) {
    long origin = drawn.points() == null ? SeriesColumn.origin(drawn.bins()) : 0;
    if (origin != 0) {
      json.put("origin", origin);
    }
    ArrayNode names = json.putArray("columns");
    columns.forEach(column -> names.add(column.name()));
  }

  private static ObjectNode describe(Series series) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Group group = series.group();
    json.put("run", group == null ? series.run() : null);
    if (group != null) {
      ObjectNode members = json.putObject("group").put("value", group.value());
      ArrayNode runs = members.putArray("runs");
      group.runs().forEach(runs::add);
    }
    json.put("writer", series.writer() == null ? null : series.writer().text());
    json.put("metric", series.metric());
    Extent extent = series.extent();
    ValueRange values = series.values();
    if (values == null) {
      json.put("first", extent == null ? null : extent.first());
      json.put("last", extent == null ? null : extent.last());
    } else {
      json.put("first", values.low()).put("last", values.high());
    }
    ArrayNode writers = json.putArray("writers");
    series.writers().forEach(writer -> writers.add(writer.text()));
    Drawn drawn = series.drawn();
    Points points = drawn.points();
    if (points == null) {
      json.put("bins", drawn.bins().size());
    } else {
      json.put("points", points.size());
      json.put("exact", drawn.exact());
    }
    return json;
  }

  private static byte[] padded(byte[] json) {
    int length = (json.length + WORD_BYTES - 1) / WORD_BYTES * WORD_BYTES;
    byte[] padded = Arrays.copyOf(json, length);
    Arrays.fill(padded, json.length, length, (byte) ' ');
    return padded;
  }
}
