package io.ostraka.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Reads what a {@link PackedWriter} packed. Reading on past the end is a {@link
 * BufferUnderflowException}.
 */
final class PackedReader {
  private final byte[] bytes;
  private final ByteBuffer in;
  private final List<String> names = new ArrayList<>();

  /**
   * Looks whether the bytes are whole.
   *
   * @throws IOException if they are not what a writer made
   */
  PackedReader(byte[] bytes) throws IOException {
    int length = bytes.length - Integer.BYTES;
    if (length <= 0 || ByteBuffer.wrap(bytes).getInt(length) != checksum(bytes, length)) {
      throw new IOException("The stored values are damaged");
    }
    this.bytes = bytes;
    this.in = ByteBuffer.wrap(bytes, 0, length);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  int kind() {
    return in.get();
  }

  int whole() {
    return in.getInt();
  }

  long longWhole() {
    return in.getLong();
  }

  double real() {
    return in.getDouble();
  }

  Instant time() {
    return Instant.ofEpochSecond(in.getLong(), in.getInt());
  }

  String text() {
    int length = in.getInt();
    String text = new String(bytes, in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }

  String name() {
    int number = in.getInt();
    if (number == names.size()) {
      names.add(text());
    }
    return names.get(number);
  }

  JsonNode json() {
    int kind = kind();
    return switch (kind) {
      case PackedWriter.OBJECT -> object();
      case PackedWriter.ARRAY -> array();
      case PackedWriter.TEXT -> TextNode.valueOf(text());
      case PackedWriter.INT -> IntNode.valueOf(whole());
      case PackedWriter.LONG -> LongNode.valueOf(longWhole());
      case PackedWriter.DOUBLE -> DoubleNode.valueOf(real());
      case PackedWriter.FALSE -> BooleanNode.FALSE;
      case PackedWriter.TRUE -> BooleanNode.TRUE;
      case PackedWriter.NULL -> NullNode.instance;
      case PackedWriter.OTHER_NUMBER -> otherNumber(text());
      default -> throw new IllegalArgumentException("No JSON is of the kind " + kind);
    };
  }

  private ObjectNode object() {
    int size = whole();
    Map<String, JsonNode> fields = new LinkedHashMap<>(2 * size);
    for (int i = 0; i < size; i++) {
      fields.put(name(), json());
    }
    return new ObjectNode(JsonNodeFactory.instance, fields);
  }

  private ArrayNode array() {
    int size = whole();
    List<JsonNode> elements = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      elements.add(json());
    }
    return new ArrayNode(JsonNodeFactory.instance, elements);
  }

  private static JsonNode otherNumber(String text) {
    boolean isWhole = text.chars().allMatch(c -> c == '-' || Character.isDigit(c));
    return isWhole
        ? BigIntegerNode.valueOf(new BigInteger(text))
        : DecimalNode.valueOf(new BigDecimal(text));
  }
}
