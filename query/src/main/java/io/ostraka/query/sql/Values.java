package io.ostraka.query.sql;

import java.math.BigInteger;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.duckdb.JsonNode;
import org.jspecify.annotations.Nullable;

/** Values of DuckDB as those of {@link Rows}. */
final class Values {
  private Values() {}

  /** The values of the row that a result stands at. */
  static List<@Nullable Object> row(ResultSet row, int columns) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>(columns);
    for (int column = 1; column <= columns; column++) {
      values.add(value(row.getObject(column)));
    }
    return values;
  }

  private static @Nullable Object value(@Nullable Object found) throws SQLException {
    if (found == null
        || found instanceof String
        || found instanceof Long
        || found instanceof Double
        || found instanceof Boolean) {
      return found;
    }
    if (found instanceof Byte || found instanceof Short || found instanceof Integer) {
      return ((Number) found).longValue();
    }
    if (found instanceof Float number) {
      return shortest(number);
    }
    if (found instanceof OffsetDateTime time) {
      return time.toInstant();
    }
    if (found instanceof Timestamp time) {
      return text(time.toLocalDateTime());
    }
    if (found instanceof JsonNode json) {
      return new Rows.JsonText(json.toString());
    }
    if (found instanceof Array list) {
      List<@Nullable Object> values = new ArrayList<>();
      for (Object one : (Object[]) list.getArray()) {
        values.add(value(one));
      }
      return values;
    }
    if (found instanceof DuckDBStruct struct) {
      return map(struct.getMap());
    }
    if (found instanceof Struct struct) {
      return struct.toString();
    }
    if (found instanceof Map<?, ?> map) {
      return map(map);
    }
    if (found instanceof Blob blob) {
      return blob.getBytes(1, (int) Math.min(blob.length(), Integer.MAX_VALUE));
    }
    return found instanceof BigInteger || found instanceof java.math.BigDecimal
        ? found
        : found.toString();
  }

  private static Map<String, @Nullable Object> map(Map<?, ?> found) throws SQLException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : found.entrySet()) {
      map.put(String.valueOf(entry.getKey()), value(entry.getValue()));
    }
    return map;
  }

  /* The double with the float's own digits, and not those of its exact value. */
  private static Double shortest(Float number) {
    return Double.valueOf(number.toString());
  }

  private static String text(LocalDateTime time) {
    String text = time.toString().replace('T', ' ');
    return text.length() == "2026-01-01 00:00".length() ? text + ":00" : text;
  }
}
