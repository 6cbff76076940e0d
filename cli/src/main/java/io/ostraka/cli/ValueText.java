package io.ostraka.cli;

import io.ostraka.cli.draw.Numbers;
import io.ostraka.query.filter.Value;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values of runs as a person reads them in a table. */
final class ValueText {
  private ValueText() {}

  /** All of a value, in one line; nothing if there is none. */
  static String of(@Nullable Value value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Value.Whole whole) {
      return Long.toString(whole.value());
    }
    if (value instanceof Value.Real real) {
      return Numbers.exact(real.value());
    }
    if (value instanceof Value.Text text) {
      return Screen.plain(text.value());
    }
    if (value instanceof Value.Truth truth) {
      return Boolean.toString(truth.value());
    }
    if (value instanceof Value.Time time) {
      return time.value().toString();
    }
    if (value instanceof Value.Many many) {
      return many.values().stream().map(ValueText::of).collect(Collectors.joining(", "));
    }
    if (value instanceof Value.Nothing) {
      return "null";
    }
    return Screen.plain(((Value.Nested) value).json().toString());
  }
}
