package io.ostraka.query.filter;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;

/** A filter expression, read once and asked of many runs. Immutable and safe for threads. */
public final class Filter {
  private final Condition condition;

  private Filter(Condition condition) {
    this.condition = condition;
  }

  /** What every run matches. */
  public static Filter none() {
    return new Filter(Condition.always());
  }

  /**
   * Reads an expression ({@code docs/filters.md}); a blank one matches everything.
   *
   * @param now what {@code 2d ago} is counted from
   * @throws FilterSyntaxException if it does not parse
   */
  public static Filter parse(String text, Instant now) {
    return text.isBlank() ? none() : new Filter(new FilterParser(text, now).parse());
  }

  /**
   * Whether a run is one of those asked for.
   *
   * @throws IllegalArgumentException if a regular expression of it takes too long
   */
  public boolean matches(Subject subject) {
    return condition.matches(subject);
  }

  /** The fields that are compared with something, in the order of the text. */
  public Set<Field> fields() {
    Set<Field> fields = new LinkedHashSet<>();
    condition.addFields(fields);
    return fields;
  }
}
