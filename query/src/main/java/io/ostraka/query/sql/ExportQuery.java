package io.ostraka.query.sql;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The statements that take everything out of a root, in an order that does not depend on how it is
 * stored: run after run, metric after metric, rank after rank, step after step.
 *
 * <p>Each run has its own points, without those that a resume hides.
 */
public final class ExportQuery {
  /** What each row of metrics in columns begins with. */
  private static final Set<String> FIXED = Set.of("project", "run", "name", "rank", "step", "time");

  private static final String LONG =
      """
      SELECT project, run, run_name AS name, rank, writer, row, step, time, name AS metric, value
      FROM %s JOIN ostraka_places USING (project, run, writer)
      %s
      ORDER BY project, run, metric, rank, step, turn, row""";

  private static final String CONSOLE =
      """
      SELECT project, run, run_name AS name, rank, writer, row, time, step, source, line
      FROM console JOIN ostraka_places USING (project, run, writer)
      ORDER BY project, run, rank, time, writer, row""";

  /*
   * Of a step logged twice the later row counts, of a resumed rank the row of the writer that goes
   * on. Both are one number, so that the groups hold nothing but numbers and can be spilled to
   * disk: rows have twelve digits, which are 40 bits.
   */
  private static final String WIDE =
      """
      SELECT project, run, run_name AS name, rank, step, max(time) AS time%s
      FROM (SELECT *, (turn << 40) + row AS age FROM metrics JOIN ostraka_places USING (project, run, writer) %s)
      GROUP BY project, run, run_name, rank, step
      ORDER BY project, run, rank, step""";

  private static final String COLUMN = ",\n  arg_max(value, age) FILTER (name = %s) AS %s";

  private ExportQuery() {}

  /** A row for each value of some metrics; of all if none is named. */
  public static String metrics(Collection<String> names) {
    return LONG.formatted("metrics", where(names));
  }

  /** A row for each text that was logged as a metric. */
  public static String texts(Collection<String> names) {
    return LONG.formatted("texts", where(names));
  }

  /** A row for each line that was printed. */
  public static String console() {
    return CONSOLE;
  }

  /**
   * The names in a stream, one a row.
   *
   * @param stream metrics or texts
   */
  public static String names(String stream) {
    return "SELECT DISTINCT name FROM " + stream + " ORDER BY name";
  }

  /**
   * A row for each step of each rank, with a column for each metric: its last value there, null
   * where there is none.
   *
   * @param names at least one
   */
  public static String wide(List<String> names) {
    Set<String> taken = new HashSet<>(FIXED);
    StringBuilder columns = new StringBuilder();
    for (String name : names) {
      String column = name;
      // To DuckDB names differ by more than their case.
      while (!taken.add(column.toLowerCase(Locale.ROOT))) {
        column = "metric." + column;
      }
      columns.append(COLUMN.formatted(Sql.literal(name), identifier(column)));
    }
    return WIDE.formatted(columns, where(names));
  }

  private static String where(Collection<String> names) {
    return names.isEmpty()
        ? ""
        : names.stream()
            .map(Sql::literal)
            .collect(Collectors.joining(", ", "WHERE name IN (", ")"));
  }

  private static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
