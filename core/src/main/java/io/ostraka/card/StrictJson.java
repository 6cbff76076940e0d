package io.ostraka.card;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * JSON as every reader takes it: one object, no key twice, nothing after it, and no number that
 * JSON has no text for.
 */
final class StrictJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                  .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);
  private static final ObjectWriter WRITER = MAPPER.writer();

  private StrictJson() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ObjectNode parse(byte[] bytes) throws ShardFormatException {
    JsonNode node;
    try {
      // As text, since a reader of bytes would also guess at UTF-16 and UTF-32.
      node = READER.readTree(new String(bytes, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new ShardFormatException(describe(e), e);
    }
    if (node instanceof ObjectNode object) {
      return isStrict(object) ? object : copy(object);
    }
    throw new ShardFormatException(
        node.isMissingNode()
            ? "it is empty, expected a JSON object"
            : "it holds no JSON object but something else");
  }

  static byte[] format(ObjectNode json) {
    try {
      byte[] line = WRITER.writeValueAsBytes(json);
      byte[] withEnd = new byte[line.length + 1];
      System.arraycopy(line, 0, withEnd, 0, line.length);
      withEnd[line.length] = '\n';
      return withEnd;
    } catch (IOException e) {
      throw new UncheckedIOException("A card cannot be written as JSON", e);
    }
  }

  /** A deep copy in which NaN and the infinities are texts. */
  static ObjectNode copy(ObjectNode from) {
    ObjectNode to = object();
    for (Map.Entry<String, JsonNode> field : from.properties()) {
      to.set(field.getKey(), copyOf(field.getValue()));
    }
    return to;
  }

  /* A number with too large an exponent is read as an infinity. */
  private static boolean isStrict(JsonNode node) {
    if (node.isContainerNode()) {
      for (JsonNode child : node) {
        if (!isStrict(child)) {
          return false;
        }
      }
      return true;
    }
    return !isNonFinite(node);
  }

  private static boolean isNonFinite(JsonNode node) {
    return (node.isDouble() || node.isFloat()) && !Double.isFinite(node.doubleValue());
  }

  private static JsonNode copyOf(JsonNode node) {
    if (node instanceof ObjectNode object) {
      return copy(object);
    }
    if (node instanceof ArrayNode array) {
      ArrayNode to = JsonNodeFactory.instance.arrayNode(array.size());
      array.forEach(element -> to.add(copyOf(element)));
      return to;
    }
    return isNonFinite(node)
        ? JsonNodeFactory.instance.textNode(String.valueOf(node.doubleValue()))
        : node;
  }

  private static String describe(JsonProcessingException e) {
    String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
    JsonLocation at = e.getLocation();
    return at == null
        ? "it is not strict JSON: " + reason
        : "it is not strict JSON at line "
            + at.getLineNr()
            + ", column "
            + at.getColumnNr()
            + ": "
            + reason;
  }
}
