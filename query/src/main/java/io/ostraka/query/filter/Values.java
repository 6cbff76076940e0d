package io.ostraka.query.filter;

import java.util.Comparator;
import java.util.Iterator;

/** The order of values: numbers, NaN, truths, moments, texts, lists, nested values. */
final class Values {
  static final Comparator<Value> ASCENDING = Values::compare;

  private Values() {}

  /** Whole numbers exactly; NaN is equal to itself and greater than all others. */
  static int compareNumbers(Value one, Value other) {
    if (one instanceof Value.Whole a && other instanceof Value.Whole b) {
      return Long.compare(a.value(), b.value());
    }
    // Without the difference of 0.0 and -0.0.
    return Double.compare(one.number() + 0.0, other.number() + 0.0);
  }

  private static int compare(Value one, Value other) {
    int kinds = Integer.compare(kind(one), kind(other));
    if (kinds != 0) {
      return kinds;
    }
    if (one.isNumber()) {
      return compareNumbers(one, other);
    }
    if (one instanceof Value.Truth a && other instanceof Value.Truth b) {
      return Boolean.compare(a.value(), b.value());
    }
    if (one instanceof Value.Time a && other instanceof Value.Time b) {
      return a.value().compareTo(b.value());
    }
    if (one instanceof Value.Text a && other instanceof Value.Text b) {
      return a.value().compareTo(b.value());
    }
    if (one instanceof Value.Many a && other instanceof Value.Many b) {
      return compareLists(a, b);
    }
    return one.toString().compareTo(other.toString());
  }

  private static int compareLists(Value.Many one, Value.Many other) {
    Iterator<Value> others = other.values().iterator();
    for (Value value : one.values()) {
      int order = others.hasNext() ? compare(value, others.next()) : 1;
      if (order != 0) {
        return order;
      }
    }
    return others.hasNext() ? -1 : 0;
  }

  private static int kind(Value value) {
    if (value.isNumber()) {
      return 0;
    }
    if (value instanceof Value.Truth) {
      return 1;
    }
    if (value instanceof Value.Time) {
      return 2;
    }
    if (value instanceof Value.Text) {
      return 3;
    }
    return value instanceof Value.Many ? 4 : 5;
  }
}
