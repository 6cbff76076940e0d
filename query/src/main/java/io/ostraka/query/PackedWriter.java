package io.ostraka.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/**
 * Packs values into bytes that {@link PackedReader} reads quickly, also in a process that has only
 * just begun: big-endian numbers, texts in UTF-8 after their length, each name in full where it
 * comes first and as a number from then on, JSON as a tree of these, and a CRC-32 at the end.
 */
final class PackedWriter {
  static final int OBJECT = 0;
  static final int ARRAY = 1;
  static final int TEXT = 2;
  static final int INT = 3;
  static final int LONG = 4;
  static final int DOUBLE = 5;
  static final int FALSE = 6;
  static final int TRUE = 7;
  static final int NULL = 8;

  /** A number that is none of these, as it is written in JSON. */
  static final int OTHER_NUMBER = 9;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CRC32 checksum = new CRC32();
  private final DataOutputStream out =
      new DataOutputStream(new CheckedOutputStream(bytes, checksum));
  private final Map<String, Integer> names = new HashMap<>();

  void kind(int kind) throws IOException {
    out.writeByte(kind);
  }

  void whole(int value) throws IOException {
    out.writeInt(value);
  }

  void longWhole(long value) throws IOException {
    out.writeLong(value);
  }

  void real(double value) throws IOException {
    out.writeDouble(value);
  }

  void time(Instant time) throws IOException {
    out.writeLong(time.getEpochSecond());
    out.writeInt(time.getNano());
  }

  void text(String text) throws IOException {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(encoded.length);
    out.write(encoded);
  }

  /** A text that comes again and again. */
  void name(String name) throws IOException {
    Integer known = names.putIfAbsent(name, names.size());
    out.writeInt(known == null ? names.size() - 1 : known);
    if (known == null) {
      text(name);
    }
  }

  /** An object, an array, a text, a number, true, false or null. */
  void json(JsonNode json) throws IOException {
    switch (json.getNodeType()) {
      case OBJECT -> {
        kind(OBJECT);
        whole(json.size());
        for (Map.Entry<String, JsonNode> field : json.properties()) {
          name(field.getKey());
          json(field.getValue());
        }
      }
      case ARRAY -> {
        kind(ARRAY);
        whole(json.size());
        for (JsonNode element : json) {
          json(element);
        }
      }
      case STRING -> {
        kind(TEXT);
        text(json.textValue());
      }
      case NUMBER -> number(json);
      case BOOLEAN -> kind(json.booleanValue() ? TRUE : FALSE);
      case NULL -> kind(NULL);
      default -> throw new IllegalArgumentException("No JSON is " + json.getNodeType());
    }
  }

  private void number(JsonNode number) throws IOException {
    switch (number.numberType()) {
      case INT -> {
        kind(INT);
        whole(number.intValue());
      }
      case LONG -> {
        kind(LONG);
        longWhole(number.longValue());
      }
      case DOUBLE -> {
        kind(DOUBLE);
        real(number.doubleValue());
      }
      default -> {
        kind(OTHER_NUMBER);
        text(number.asText());
      }
    }
  }

  /** All that was written, and its checksum. */
  byte[] toBytes() throws IOException {
    out.writeInt((int) checksum.getValue());
    return bytes.toByteArray();
  }
}
