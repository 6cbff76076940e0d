package io.ostraka.query.filter;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field by whose values runs are ordered. Runs without a value come last in either direction, and
 * before them those whose value is NaN.
 *
 * @param field the field
 * @param descending whether the greatest value comes first
 */
public record SortKey(Field field, boolean descending) {
  /**
   * Reads keys with commas between them, each with a minus before it for the greatest first.
   *
   * @throws FilterSyntaxException if they are something else
   */
  public static List<SortKey> parseList(String text) {
    return new Scanner("sort order", text).list(SortKey::parse);
  }

  private static SortKey parse(Scanner scanner) {
    boolean descending = scanner.take('-');
    return new SortKey(scanner.field(), descending);
  }

  /** The order of values, of which null is none. */
  public Comparator<@Nullable Value> order() {
    Comparator<Value> ofValues = descending ? Values.ASCENDING.reversed() : Values.ASCENDING;
    return Comparator.comparing(SortKey::place).thenComparing(Comparator.nullsLast(ofValues));
  }

  private static int place(@Nullable Value value) {
    if (value == null) {
      return 2;
    }
    return value.isNumber() && Double.isNaN(value.number()) ? 1 : 0;
  }
}
