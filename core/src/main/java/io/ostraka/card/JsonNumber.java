package io.ostraka.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/**
 * Numbers in strict JSON, which has none for NaN and the infinities: these are the texts {@code
 * NaN}, {@code Infinity} and {@code -Infinity}.
 */
public final class JsonNumber {
  private JsonNumber() {}

  /** A number as JSON. */
  public static JsonNode of(double value) {
    return Double.isFinite(value)
        ? JsonNodeFactory.instance.numberNode(value)
        : JsonNodeFactory.instance.textNode(Double.toString(value));
  }

  /** Whether a piece of JSON is a number, or a text that stands for one. */
  public static boolean isNumber(JsonNode json) {
    return json.isNumber() || (json.isTextual() && isNumber(json.textValue()));
  }

  private static boolean isNumber(String text) {
    return text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity");
  }

  /** The number that a piece of JSON is or stands for; NaN if it is something else. */
  public static double parse(JsonNode json) {
    if (json.isNumber()) {
      return json.doubleValue();
    }
    return switch (json.isTextual() ? json.textValue() : "") {
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.NaN;
    };
  }
}
