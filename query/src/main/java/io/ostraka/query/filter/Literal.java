package io.ostraka.query.filter;

import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a field is compared with: a text, and what it also is where it was not in quotes.
 *
 * @param text as it was written
 * @param other a number, a truth or a moment; null if it is nothing but a text
 */
record Literal(String text, @Nullable Value other) {
  /** What a word stands for beside its letters. */
  static Literal of(Scanner.Word word) {
    if (word.quoted()) {
      return new Literal(word.text(), null);
    }
    return switch (word.text().toLowerCase(Locale.ROOT)) {
      case "true" -> new Literal(word.text(), new Value.Truth(true));
      case "false" -> new Literal(word.text(), new Value.Truth(false));
      case "nan" -> new Literal(word.text(), new Value.Real(Double.NaN));
      case "inf", "+inf", "infinity", "+infinity" ->
          new Literal(word.text(), new Value.Real(Double.POSITIVE_INFINITY));
      case "-inf", "-infinity" ->
          new Literal(word.text(), new Value.Real(Double.NEGATIVE_INFINITY));
      default -> new Literal(word.text(), number(word.text()));
    };
  }

  /* Only what is a number to a person, not all that Java takes for one ("1f", "0x1p3"). */
  static @Nullable Value number(String text) {
    if (!text.matches("[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,4})?")) {
      return null;
    }
    if (text.matches("[+-]?[0-9]{1,19}")) {
      BigInteger whole = new BigInteger(text);
      if (whole.bitLength() < Long.SIZE) {
        return new Value.Whole(whole.longValue());
      }
    }
    return new Value.Real(Double.parseDouble(text));
  }

  /** Whether a value, which is no list, equals it. */
  boolean equalTo(Value value) {
    if (value instanceof Value.Text own) {
      return own.value().equals(text);
    }
    if (other == null) {
      return false;
    }
    if (value.isNumber() && other.isNumber()) {
      return Values.compareNumbers(value, other) == 0;
    }
    return value.equals(other);
  }

  /** Whether a value and this are of a kind that has an order, and neither is NaN. */
  boolean isOrderedWith(Value value) {
    if (value instanceof Value.Text) {
      return other == null;
    }
    if (other == null) {
      return false;
    }
    if (value.isNumber() && other.isNumber()) {
      return !Double.isNaN(value.number()) && !Double.isNaN(other.number());
    }
    return value instanceof Value.Time && other instanceof Value.Time;
  }

  /** How a value {@link #isOrderedWith ordered} with it compares to it. */
  int compare(Value value) {
    return other == null
        ? Values.ASCENDING.compare(value, new Value.Text(text))
        : Values.ASCENDING.compare(value, other);
  }
}
