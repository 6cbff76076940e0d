package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.Bins;
import io.ostraka.query.Extent;
import io.ostraka.query.Series;
import io.ostraka.query.SeriesAnswer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bytes of {@code application/vnd.ostraka.bins}: a head in JSON, then columns. */
final class SeriesBytes {
  static final String TYPE = "application/vnd.ostraka.bins";

  private static final int VALUE_BYTES = 4;

  private SeriesBytes() {}

  static byte[] encode(SeriesAnswer answer) {
    ObjectNode head = JsonNodeFactory.instance.objectNode();
    head.put("x", answer.axis().text());
    head.put("width", answer.width());
    head.put("whole", answer.whole());
    head.put("watermark", answer.progress().format());
    ArrayNode list = head.putArray("series");
    List<List<Column>> columns = new ArrayList<>();
    int bytes = 0;
    for (Series series : answer.series()) {
      List<Column> own = columnsOf(series.bins());
      columns.add(own);
      bytes += own.size() * series.bins().size() * VALUE_BYTES;
      list.add(describe(series, own));
    }
    Json.addProblems(head.putArray("problems"), answer.problems());
    byte[] json = padded(Json.bytes(head));
    ByteBuffer buffer =
        ByteBuffer.allocate(VALUE_BYTES + json.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(json.length).put(json);
    for (int i = 0; i < columns.size(); i++) {
      Bins bins = answer.series().get(i).bins();
      long origin = origin(bins);
      columns.get(i).forEach(column -> column.put(bins, origin, buffer));
    }
    return buffer.array();
  }

  private static ObjectNode describe(Series series, List<Column> columns) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("run", series.run());
    json.put("writer", series.writer() == null ? null : series.writer().text());
    json.put("metric", series.metric());
    Extent extent = series.extent();
    json.put("first", extent == null ? null : extent.first());
    json.put("last", extent == null ? null : extent.last());
    ArrayNode writers = json.putArray("writers");
    series.writers().forEach(writer -> writers.add(writer.text()));
    json.put("bins", series.bins().size());
    long origin = origin(series.bins());
    if (origin != 0) {
      json.put("origin", origin);
    }
    ArrayNode names = json.putArray("columns");
    columns.forEach(column -> names.add(column.text));
    return json;
  }

  private static List<Column> columnsOf(Bins bins) {
    List<Column> columns =
        new ArrayList<>(List.of(Column.BIN, Column.MIN, Column.MAX, Column.LAST, Column.COUNT));
    boolean nonFinite = false;
    boolean severalWriters = false;
    for (int i = 0; i < bins.size(); i++) {
      nonFinite |= bins.nonFinite(i) > 0;
      severalWriters |= bins.writer(i) > 0;
    }
    if (nonFinite) {
      columns.add(Column.NONFINITE);
    }
    if (severalWriters) {
      columns.add(Column.WRITER);
    }
    return columns;
  }

  /* Bin numbers of wall-clock time do not fit 32 bits. */
  private static long origin(Bins bins) {
    if (bins.size() == 0) {
      return 0;
    }
    long first = bins.number(0);
    long last = bins.number(bins.size() - 1);
    boolean fits = first >= Integer.MIN_VALUE && last <= Integer.MAX_VALUE;
    return fits ? 0 : first;
  }

  private static byte[] padded(byte[] json) {
    int length = (json.length + VALUE_BYTES - 1) / VALUE_BYTES * VALUE_BYTES;
    byte[] padded = Arrays.copyOf(json, length);
    Arrays.fill(padded, json.length, length, (byte) ' ');
    return padded;
  }

  private enum Column {
    BIN("bin") {
      @Override
      void put(Bins bins, int i, long origin, ByteBuffer to) {
        to.putInt((int) (bins.number(i) - origin));
      }
    },
    MIN("min") {
      @Override
      void put(Bins bins, int i, long origin, ByteBuffer to) {
        to.putFloat(bins.min(i));
      }
    },
    MAX("max") {
      @Override
      void put(Bins bins, int i, long origin, ByteBuffer to) {
        to.putFloat(bins.max(i));
      }
    },
    LAST("last") {
      @Override
      void put(Bins bins, int i, long origin, ByteBuffer to) {
        to.putFloat(bins.last(i));
      }
    },
    COUNT("count") {
      @Override
      void put(Bins bins, int i, long origin, ByteBuffer to) {
        to.putInt((int) bins.count(i));
      }
    },
    NONFINITE("nonfinite") {
      @Override
      void put(Bins bins, int i, long origin, ByteBuffer to) {
        to.putInt((int) bins.nonFinite(i));
      }
    },
    WRITER("writer") {
      @Override
      void put(Bins bins, int i, long origin, ByteBuffer to) {
        to.putInt(bins.writer(i));
      }
    };

    private final String text;

    Column(String text) {
      this.text = text;
    }

    abstract void put(Bins bins, int i, long origin, ByteBuffer to);

    void put(Bins bins, long origin, ByteBuffer to) {
      for (int i = 0; i < bins.size(); i++) {
        put(bins, i, origin, to);
      }
    }
  }
}
