package io.ostraka.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.RunRow;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows as bytes: big-endian numbers, texts in UTF-8 after their length, settings as JSON, and each
 * name of a fact or a metric in full where it comes first and as a number from then on.
 */
final class RunIndex {
  private static final int MAGIC = 0x6f737472;
  private static final int VERSION = 1;
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final ObjectReader READER = MAPPER.readerFor(ObjectNode.class);

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
      return new Decoder(bytes).decode();
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | DateTimeException e) {
      throw new IOException("The stored rows are damaged", e);
    }
  }

  private static final class Encoder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final Map<String, Integer> names = new HashMap<>();

    byte[] encode(Map<String, RowsByFolder.Kept> rows) throws IOException {
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.writeInt(rows.size());
      for (RowsByFolder.Kept kept : rows.values()) {
        row(kept.row());
        out.writeInt(kept.folders().size());
        for (Map.Entry<String, Instant> folder : kept.folders().entrySet()) {
          text(folder.getKey());
          time(folder.getValue());
        }
      }
      out.writeInt(MAGIC);
      return bytes.toByteArray();
    }

    private void row(RunRow row) throws IOException {
      text(row.run());
      out.writeInt(row.facts().size());
      for (Map.Entry<Fact, Value> fact : row.facts().entrySet()) {
        name(fact.getKey().text());
        value(fact.getValue());
      }
      block(MAPPER.writeValueAsBytes(row.config()));
      block(MAPPER.writeValueAsBytes(row.summary()));
      out.writeInt(row.metrics().size());
      for (MetricSummary metric : row.metrics().values()) {
        name(metric.name());
        out.writeBoolean(metric.first() != null);
        out.writeDouble(metric.first() == null ? 0 : metric.first());
        out.writeDouble(metric.last());
        out.writeDouble(metric.min());
        out.writeDouble(metric.max());
        out.writeDouble(metric.mean());
        out.writeLong(metric.count());
      }
    }

    private void value(Value value) throws IOException {
      if (value instanceof Value.Whole whole) {
        out.writeByte(0);
        out.writeLong(whole.value());
      } else if (value instanceof Value.Real real) {
        out.writeByte(1);
        out.writeDouble(real.value());
      } else if (value instanceof Value.Text text) {
        out.writeByte(2);
        text(text.value());
      } else if (value instanceof Value.Time time) {
        out.writeByte(3);
        time(time.value());
      } else if (value instanceof Value.Many many) {
        out.writeByte(4);
        out.writeInt(many.values().size());
        for (Value one : many.values()) {
          value(one);
        }
      } else {
        throw new IllegalArgumentException("No fact is " + value);
      }
    }

    private void name(String name) throws IOException {
      Integer known = names.putIfAbsent(name, names.size());
      out.writeInt(known == null ? names.size() - 1 : known);
      if (known == null) {
        text(name);
      }
    }

    private void time(Instant time) throws IOException {
      out.writeLong(time.getEpochSecond());
      out.writeInt(time.getNano());
    }

    private void text(String text) throws IOException {
      block(text.getBytes(StandardCharsets.UTF_8));
    }

    private void block(byte[] block) throws IOException {
      out.writeInt(block.length);
      out.write(block);
    }
  }

  private static final class Decoder {
    private final byte[] bytes;
    private final ByteBuffer in;
    private final List<String> names = new ArrayList<>();

    Decoder(byte[] bytes) {
      this.bytes = bytes;
      this.in = ByteBuffer.wrap(bytes);
    }

    Map<String, RowsByFolder.Kept> decode() throws IOException {
      if (in.getInt() != MAGIC || in.getInt() != VERSION) {
        throw new IOException("The stored rows are of another version");
      }
      int count = count();
      Map<String, RowsByFolder.Kept> rows = new HashMap<>(2 * count);
      for (int i = 0; i < count; i++) {
        RunRow row = row();
        int folders = count();
        Map<String, Instant> times = new HashMap<>();
        for (int folder = 0; folder < folders; folder++) {
          times.put(text(), time());
        }
        rows.put(row.run(), new RowsByFolder.Kept(row, Map.copyOf(times)));
      }
      if (in.getInt() != MAGIC) {
        throw new IOException("The stored rows do not end as they should");
      }
      return rows;
    }

    private RunRow row() throws IOException {
      String run = text();
      int facts = count();
      Map<Fact, Value> values = new EnumMap<>(Fact.class);
      for (int i = 0; i < facts; i++) {
        values.put(fact(name()), value());
      }
      ObjectNode config = json();
      ObjectNode summary = json();
      int metrics = count();
      Map<String, MetricSummary> byName = new HashMap<>();
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
      String name = name();
      boolean hasFirst = in.get() != 0;
      double first = in.getDouble();
      @Nullable Double firstOrNone = hasFirst ? first : null;
      return new MetricSummary(
          name,
          firstOrNone,
          in.getDouble(),
          in.getDouble(),
          in.getDouble(),
          in.getDouble(),
          in.getLong());
    }

    private Value value() {
      int kind = in.get();
      return switch (kind) {
        case 0 -> new Value.Whole(in.getLong());
        case 1 -> new Value.Real(in.getDouble());
        case 2 -> new Value.Text(text());
        case 3 -> new Value.Time(time());
        case 4 -> {
          int count = count();
          List<Value> values = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            values.add(value());
          }
          yield new Value.Many(values);
        }
        default -> throw new IllegalArgumentException("No value is of the kind " + kind);
      };
    }

    private String name() {
      int number = in.getInt();
      if (number == names.size()) {
        names.add(text());
      }
      return names.get(number);
    }

    private Instant time() {
      return Instant.ofEpochSecond(in.getLong(), in.getInt());
    }

    private ObjectNode json() throws IOException {
      int length = count();
      try {
        ObjectNode json = READER.readValue(bytes, in.position(), length);
        in.position(in.position() + length);
        return json;
      } catch (JsonProcessingException e) {
        throw new IOException("The stored rows are damaged", e);
      }
    }

    private String text() {
      int length = count();
      String text = new String(bytes, in.position(), length, StandardCharsets.UTF_8);
      in.position(in.position() + length);
      return text;
    }

    /** A number of things, each of which takes a byte at least. */
    private int count() {
      int count = in.getInt();
      if (count < 0 || count > in.remaining()) {
        throw new IllegalArgumentException("There cannot be " + count + " of them");
      }
      return count;
    }
  }
}
