package io.ostraka.query.filter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.card.JsonNumber;
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

  /** A null within a list, where it has a place; nothing is equal to it or in an order with it. */
  record Nothing() implements Value {}

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
        values.add(value == null ? new Nothing() : value);
      }
      return new Many(values);
    }
    return JsonNumber.isNumber(json) ? new Real(JsonNumber.parse(json)) : new Text(json.asText());
  }

  /** The value as strict JSON. */
  default JsonNode json() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (this instanceof Whole whole) {
      return nodes.numberNode(whole.value());
    }
    if (this instanceof Real real) {
      return JsonNumber.of(real.value());
    }
    if (this instanceof Text text) {
      return nodes.textNode(text.value());
    }
    if (this instanceof Truth truth) {
      return nodes.booleanNode(truth.value());
    }
    if (this instanceof Time time) {
      return nodes.textNode(time.value().toString());
    }
    if (this instanceof Nothing) {
      return nodes.nullNode();
    }
    if (this instanceof Many many) {
      ArrayNode values = nodes.arrayNode();
      many.values().forEach(value -> values.add(value.json()));
      return values;
    }
    return ((Nested) this).json();
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
