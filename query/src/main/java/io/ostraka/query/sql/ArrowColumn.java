package io.ostraka.query.sql;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.flatbuf.Binary;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * A column of an Arrow stream while one batch of it is collected: validity bits, and values of a
 * fixed size or with offsets. What Arrow has no simple type for goes as text, lists and structures
 * as JSON.
 */
final class ArrowColumn {
  private static final Pattern DECIMAL = Pattern.compile("DECIMAL\\((\\d+),(\\d+)\\)");
  private static final int DECIMAL_BYTES = 16;

  private final String name;
  private final byte type;
  private final int precision;
  private final int scale;
  private final BitSet valid = new BitSet();
  private final BitSet truths = new BitSet();
  private final ByteArrayOutputStream values = new ByteArrayOutputStream();
  private final ByteArrayOutputStream offsets = new ByteArrayOutputStream();
  private int size;

  ArrowColumn(SqlColumn column) {
    Matcher decimal = DECIMAL.matcher(column.type());
    boolean isDecimal = decimal.matches();
    this.name = column.name();
    this.type = isDecimal ? Type.Decimal : type(column.type());
    this.precision = isDecimal ? Integer.parseInt(decimal.group(1)) : 38;
    this.scale = isDecimal ? Integer.parseInt(decimal.group(2)) : 0;
    clear();
  }

  private static byte type(String type) {
    return switch (type) {
      case "BOOLEAN" -> Type.Bool;
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" ->
          Type.Int;
      case "UBIGINT", "HUGEINT" -> Type.Decimal;
      case "FLOAT", "DOUBLE" -> Type.FloatingPoint;
      case "TIMESTAMP WITH TIME ZONE" -> Type.Timestamp;
      case "BLOB" -> Type.Binary;
      default -> Type.Utf8;
    };
  }

  /** The column in a schema. */
  int field(FlatBufferBuilder to) {
    int text = to.createString(name);
    int what =
        switch (type) {
          case Type.Bool -> start(to, Bool::startBool, Bool::endBool);
          case Type.Int -> Int.createInt(to, Long.SIZE, true);
          case Type.Decimal -> Decimal.createDecimal(to, precision, scale, DECIMAL_BYTES * 8);
          case Type.FloatingPoint -> FloatingPoint.createFloatingPoint(to, Precision.DOUBLE);
          case Type.Timestamp ->
              Timestamp.createTimestamp(to, TimeUnit.MICROSECOND, to.createString("UTC"));
          case Type.Binary -> start(to, Binary::startBinary, Binary::endBinary);
          default -> start(to, Utf8::startUtf8, Utf8::endUtf8);
        };
    int children = Field.createChildrenVector(to, new int[0]);
    return Field.createField(to, text, true, type, what, 0, children, 0);
  }

  private interface End {
    int of(FlatBufferBuilder to);
  }

  private static int start(
      FlatBufferBuilder to, java.util.function.Consumer<FlatBufferBuilder> start, End end) {
    start.accept(to);
    return end.of(to);
  }

  void add(@Nullable Object value) {
    valid.set(size, value != null);
    switch (type) {
      case Type.Bool -> truths.set(size, Boolean.TRUE.equals(value));
      case Type.Int -> number(value instanceof Long whole ? whole : 0);
      case Type.FloatingPoint ->
          number(Double.doubleToRawLongBits(value instanceof Double real ? real : 0));
      case Type.Timestamp -> number(value instanceof Instant time ? micros(time) : 0);
      case Type.Decimal -> decimal(value);
      case Type.Binary -> bytes(value instanceof byte[] bytes ? bytes : new byte[0]);
      default -> bytes(Texts.plain(value, "").getBytes(StandardCharsets.UTF_8));
    }
    size++;
  }

  private void number(long value) {
    values.writeBytes(little(Long.BYTES).putLong(value).array());
  }

  /* What DuckDB takes for infinitely late or early is beyond what fits. */
  private static long micros(Instant time) {
    try {
      return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    } catch (ArithmeticException e) {
      return time.isAfter(Instant.EPOCH) ? Long.MAX_VALUE : -Long.MAX_VALUE;
    }
  }

  private void decimal(@Nullable Object value) {
    BigInteger unscaled =
        value instanceof BigDecimal decimal
            ? decimal.setScale(scale).unscaledValue()
            : value instanceof BigInteger whole ? whole : BigInteger.ZERO;
    values.writeBytes(
        little(DECIMAL_BYTES)
            .putLong(unscaled.longValue())
            .putLong(unscaled.shiftRight(Long.SIZE).longValue())
            .array());
  }

  private void bytes(byte[] bytes) {
    values.writeBytes(bytes);
    offset();
  }

  private void offset() {
    offsets.writeBytes(little(Integer.BYTES).putInt(values.size()).array());
  }

  int size() {
    return size;
  }

  /** How many bytes are collected, about. */
  long bytes() {
    return (long) values.size() + offsets.size();
  }

  int nulls() {
    return size - valid.cardinality();
  }

  /** The buffers of a batch, in Arrow's order. */
  List<byte[]> buffers() {
    return switch (type) {
      case Type.Bool -> List.of(bits(valid), bits(truths));
      case Type.Binary, Type.Utf8 ->
          List.of(bits(valid), offsets.toByteArray(), values.toByteArray());
      default -> List.of(bits(valid), values.toByteArray());
    };
  }

  private byte[] bits(BitSet set) {
    byte[] bits = new byte[(size + 7) / 8];
    byte[] trimmed = set.toByteArray();
    System.arraycopy(trimmed, 0, bits, 0, Math.min(trimmed.length, bits.length));
    return bits;
  }

  /** Begins another batch. */
  void clear() {
    size = 0;
    valid.clear();
    truths.clear();
    values.reset();
    offsets.reset();
    offset();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
