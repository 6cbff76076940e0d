package io.ostraka.catalog;

import org.jspecify.annotations.Nullable;

/**
 * What came of reading an object: a value, or a problem that trying again would not mend.
 *
 * @param value null if there is a problem
 * @param problem one line for a person, or null
 */
record Checked<V>(@Nullable V value, @Nullable String problem) {
  static <V> Checked<V> good(V value) {
    return new Checked<>(value, null);
  }

  static <V> Checked<V> bad(String problem) {
    return new Checked<>(null, problem);
  }
}
