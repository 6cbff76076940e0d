package io.ostraka.query.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of {@link Rows} as text. */
final class Texts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Texts() {}

  /** A value as a person or a table reads it; null is {@code none}. */
  static String plain(@Nullable Object value, String none) {
    if (value == null) {
      return none;
    }
    if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (value instanceof Instant time) {
      return time.toString();
    }
    return value instanceof Collection || value instanceof Map ? json(value) : value.toString();
  }

  /** About how long a value is as a text. */
  static long size(@Nullable Object value) {
    if (value instanceof String text) {
      return text.length();
    }
    if (value instanceof byte[] bytes) {
      return 2L * bytes.length;
    }
    if (value instanceof Rows.JsonText json) {
      return json.text().length();
    }
    if (value instanceof Map<?, ?> map) {
      return size(map.keySet()) + size(map.values());
    }
    long size = 1;
    if (value instanceof Collection<?> list) {
      for (Object one : list) {
        size += size(one) + 1;
      }
    }
    return size;
  }

  /** A value as strict JSON: what is not finite is a text, and so are times and bytes. */
  static String json(@Nullable Object value) {
    StringBuilder text = new StringBuilder();
    json(value, text);
    return text.toString();
  }

  private static void json(@Nullable Object value, StringBuilder text) {
    if (value == null) {
      text.append("null");
    } else if (value instanceof Rows.JsonText json) {
      text.append(json.text());
    } else if (value instanceof Double number && !Double.isFinite(number)) {
      text.append('"').append(number).append('"');
    } else if (value instanceof Number || value instanceof Boolean) {
      text.append(value);
    } else if (value instanceof Collection<?> list) {
      text.append('[');
      String comma = "";
      for (Object one : list) {
        text.append(comma);
        json(one, text);
        comma = ",";
      }
      text.append(']');
    } else if (value instanceof Map<?, ?> map) {
      object(map, text);
    } else {
      text.append(quoted(plain(value, "")));
    }
  }

  private static void object(Map<?, ?> map, StringBuilder text) {
    text.append('{');
    String comma = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(comma).append(quoted(String.valueOf(entry.getKey()))).append(':');
      json(entry.getValue(), text);
      comma = ",";
    }
    text.append('}');
  }

  static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A text can always be written as JSON", e);
    }
  }
}
