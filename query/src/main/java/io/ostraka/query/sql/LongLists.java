package io.ostraka.query.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Keeps lists in DuckDB of which there is too much in an answer: what leaves it becomes a Java
 * object for each element, row by row of a whole chunk, and that cannot be stopped.
 *
 * <p>Counted are the elements of lists and maps, and of the lists in lists; those in a structure
 * are not.
 */
final class LongLists {
  /** Takes about three seconds. */
  static final long MOST_ELEMENTS = 1_000_000;

  private LongLists() {}

  /** Whether columns of some types are counted. */
  static boolean mayBeIn(List<SqlColumn> columns) {
    return columns.stream().anyMatch(column -> isCounted(column.type()));
  }

  /**
   * A query in one line before the statement, with the same columns and one more: how many elements
   * there are up to each row. Where these are too many the lists are null.
   */
  static String counted(String statement, long limit, List<SqlColumn> columns) {
    List<String> names = IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).toList();
    List<String> shown = new ArrayList<>();
    List<String> lengths = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String name = names.get(i);
      String type = columns.get(i).type();
      if (isCounted(type)) {
        shown.add("CASE WHEN elements <= %d THEN %s END".formatted(MOST_ELEMENTS, name));
        lengths.add("coalesce(" + length(name, type) + ", 0)");
      } else {
        shown.add(name);
      }
    }
    return "SELECT %s, elements FROM (SELECT *, sum(%s) OVER (ROWS UNBOUNDED PRECEDING)::BIGINT AS elements FROM (FROM (\n%s\n) AS asked(%s) LIMIT %d))"
        .formatted(
            String.join(", ", shown),
            String.join(" + ", lengths),
            statement,
            String.join(", ", names),
            limit);
  }

  /** What is said of an answer with too many elements. */
  static SqlFailure failure() {
    return new SqlFailure(
        "The lists of this answer have more than "
            + MOST_ELEMENTS
            + " elements in all; ask for rows (unnest) or fewer, or write them to a file ('ostraka sql --output')",
        List.of());
  }

  private static boolean isCounted(String type) {
    return type.endsWith("[]") || type.startsWith("MAP(");
  }

  private static String length(String name, String type) {
    if (!type.endsWith("[]")) {
      return "cardinality(" + name + ")";
    }
    String length = "len(" + name + ")";
    String inner = type.substring(0, type.length() - 2);
    return inner.endsWith("[]")
        ? length + " + coalesce(" + length("flatten(" + name + ")", inner) + ", 0)"
        : length;
  }
}
