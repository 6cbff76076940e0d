package io.ostraka.query.filter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value of a run. One that a run does not have is null wherever values are handed about. */
public sealed interface Value {
  /**
   * A whole number.
   *
   * @param value exactly
   */
  record Whole(long value) implements Value {}

  /**
   * Any other number.
   *
   * @param value NaN and the infinities too
   */
  record Real(double value) implements Value {}

  /**
   * A text.
   *
   * @param value as it is
   */
  record Text(String value) implements Value {}

  /**
   * Yes or no.
   *
   * @param value which
   */
  record Truth(boolean value) implements Value {}

  /**
   * A moment.
   *
   * @param value when
   */
  record Time(Instant value) implements Value {}

  /**
   * Several values.
   *
   * @param values in their order
   */
  record Many(List<Value> values) implements Value {
    /** Keeps its own copy. */
    public Many {
      values = List.copyOf(values);
    }
  }

  /**
   * Values with names.
   *
   * @param json what they are; not to be changed
   */
  record Nested(ObjectNode json) implements Value {}

  /** The value of a piece of JSON; null if it is null or missing. */
  static @Nullable Value of(@Nullable JsonNode json) {
    if (json == null || json.isNull() || json.isMissingNode()) {
      return null;
    }
    if (json.isNumber()) {
      boolean isWhole = json.isIntegralNumber() && json.canConvertToLong();
      return isWhole ? new Whole(json.longValue()) : new Real(json.doubleValue());
    }
    if (json.isBoolean()) {
      return new Truth(json.booleanValue());
    }
    if (json instanceof ObjectNode object) {
      return new Nested(object);
    }
    if (json.isArray()) {
      List<Value> values = new ArrayList<>(json.size());
      for (JsonNode element : json) {
        Value value = of(element);
        if (value != null) {
          values.add(value);
        }
      }
      return new Many(values);
    }
    return ofText(json.asText());
  }

  /* Strict JSON has the numbers that are none as texts. */
  private static Value ofText(String text) {
    return switch (text) {
      case "NaN" -> new Real(Double.NaN);
      case "Infinity" -> new Real(Double.POSITIVE_INFINITY);
      case "-Infinity" -> new Real(Double.NEGATIVE_INFINITY);
      default -> new Text(text);
    };
  }

  /** The value as a number, NaN if it is none. */
  default double number() {
    if (this instanceof Whole whole) {
      return whole.value();
    }
    if (this instanceof Real real) {
      return real.value();
    }
    return Double.NaN;
  }

  /** Whether it is a number, be it NaN. */
  default boolean isNumber() {
    return this instanceof Whole || this instanceof Real;
  }
}
