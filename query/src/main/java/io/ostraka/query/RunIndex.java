package io.ostraka.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.RunRow;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of the run table as bytes. */
final class RunIndex {
  private static final int MAGIC = 0x6f737472;
  private static final int VERSION = 2;

  private static final int WHOLE = 0;
  private static final int REAL = 1;
  private static final int TEXT = 2;
  private static final int TIME = 3;
  private static final int MANY = 4;

  private RunIndex() {}

  static byte[] encode(Map<String, RowsByFolder.Kept> rows) throws IOException {
    return new Encoder().encode(rows);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IOException if it is of another version, or damaged
   */
  static Map<String, RowsByFolder.Kept> decode(byte[] bytes) throws IOException {
    try {
      return new Decoder(new PackedReader(bytes)).decode();
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | DateTimeException e) {
      throw new IOException("The stored rows are of another version", e);
    }
  }

  private static final class Encoder {
    private final PackedWriter out = new PackedWriter();

    byte[] encode(Map<String, RowsByFolder.Kept> rows) throws IOException {
      out.whole(MAGIC);
      out.whole(VERSION);
      out.whole(rows.size());
      for (RowsByFolder.Kept kept : rows.values()) {
        row(kept.row());
        out.whole(kept.folders().size());
        for (Map.Entry<String, Instant> folder : kept.folders().entrySet()) {
          out.text(folder.getKey());
          out.time(folder.getValue());
        }
      }
      return out.toBytes();
    }

    private void row(RunRow row) throws IOException {
      out.text(row.run());
      out.whole(row.facts().size());
      for (Map.Entry<Fact, Value> fact : row.facts().entrySet()) {
        out.name(fact.getKey().text());
        value(fact.getValue());
      }
      out.json(row.config());
      out.json(row.summary());
      out.whole(row.metrics().size());
      for (MetricSummary metric : row.metrics().values()) {
        out.name(metric.name());
        out.kind(metric.first() == null ? 0 : 1);
        out.real(metric.first() == null ? 0 : metric.first());
        out.real(metric.last());
        out.real(metric.min());
        out.real(metric.max());
        out.real(metric.mean());
        out.longWhole(metric.count());
      }
    }

    private void value(Value value) throws IOException {
      if (value instanceof Value.Whole whole) {
        out.kind(WHOLE);
        out.longWhole(whole.value());
      } else if (value instanceof Value.Real real) {
        out.kind(REAL);
        out.real(real.value());
      } else if (value instanceof Value.Text text) {
        out.kind(TEXT);
        out.text(text.value());
      } else if (value instanceof Value.Time time) {
        out.kind(TIME);
        out.time(time.value());
      } else if (value instanceof Value.Many many) {
        out.kind(MANY);
        out.whole(many.values().size());
        for (Value one : many.values()) {
          value(one);
        }
      } else {
        throw new IllegalArgumentException("No fact is " + value);
      }
    }
  }

  private static final class Decoder {
    private final PackedReader in;

    Decoder(PackedReader in) {
      this.in = in;
    }

    Map<String, RowsByFolder.Kept> decode() throws IOException {
      if (in.whole() != MAGIC || in.whole() != VERSION) {
        throw new IOException("The stored rows are of another version");
      }
      int count = in.whole();
      Map<String, RowsByFolder.Kept> rows = new HashMap<>(2 * count);
      for (int i = 0; i < count; i++) {
        RunRow row = row();
        int folders = in.whole();
        Map<String, Instant> times = new HashMap<>();
        for (int folder = 0; folder < folders; folder++) {
          times.put(in.text(), in.time());
        }
        rows.put(row.run(), new RowsByFolder.Kept(row, Map.copyOf(times)));
      }
      return rows;
    }

    private RunRow row() {
      String run = in.text();
      int facts = in.whole();
      Map<Fact, Value> values = new EnumMap<>(Fact.class);
      for (int i = 0; i < facts; i++) {
        values.put(fact(in.name()), value());
      }
      ObjectNode config = (ObjectNode) in.json();
      ObjectNode summary = (ObjectNode) in.json();
      int metrics = in.whole();
      Map<String, MetricSummary> byName = new HashMap<>(2 * metrics);
      for (int i = 0; i < metrics; i++) {
        MetricSummary metric = metric();
        byName.put(metric.name(), metric);
      }
      return new RunRow(run, values, config, summary, byName, List.of());
    }

    private static Fact fact(String name) {
      Fact fact = Fact.of(name);
      if (fact == null) {
        throw new IllegalArgumentException("There is no fact " + name);
      }
      return fact;
    }

    private MetricSummary metric() {
      String name = in.name();
      boolean hasFirst = in.kind() != 0;
      double first = in.real();
      @Nullable Double firstOrNone = hasFirst ? first : null;
      return new MetricSummary(
          name, firstOrNone, in.real(), in.real(), in.real(), in.real(), in.longWhole());
    }

    private Value value() {
      int kind = in.kind();
      return switch (kind) {
        case WHOLE -> new Value.Whole(in.longWhole());
        case REAL -> new Value.Real(in.real());
        case TEXT -> new Value.Text(in.text());
        case TIME -> new Value.Time(in.time());
        case MANY -> {
          int count = in.whole();
          List<Value> values = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            values.add(value());
          }
          yield new Value.Many(values);
        }
        default -> throw new IllegalArgumentException("No value is of the kind " + kind);
      };
    }
  }
}
