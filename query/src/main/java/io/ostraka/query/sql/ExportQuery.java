package io.ostraka.query.sql;

import io.ostraka.Stream;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What takes everything of a stream out of a root, in an order that does not depend on how it is
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
      FROM %s
      ORDER BY project, run, metric, rank, step, turn, row""";

  private static final String CONSOLE =
      """
      SELECT project, run, run_name AS name, rank, writer, row, time, step, source, line
      FROM %s
      ORDER BY project, run, rank, time, writer, row""";

  /*
   * Of a step logged twice the later row counts, of a resumed rank the row of the writer that goes
   * on. Both are one number, so that the groups hold nothing but numbers and can be spilled to
   * disk: rows have twelve digits, which are 40 bits.
   */
  private static final String WIDE =
      """
      SELECT project, run, run_name AS name, rank, step, max(time) AS time%s
      FROM (SELECT *, (turn << 40) + row AS age FROM %%s)
      GROUP BY project, run, run_name, rank, step
      ORDER BY project, run, rank, step""";

  private static final String COLUMN = ",\n  arg_max(value, age) FILTER (name = %s) AS %s";

  /** Its rows with where they belong; the views' rows that a condition lets through. */
  private static final String ROWS =
      "(SELECT * FROM %s JOIN ostraka_places USING (project, run, writer) WHERE %s)";

  private static final int MANY_NUMBERS = 1 << 19;

  /** Texts may be long. */
  private static final int MANY_TEXTS = 1 << 15;

  private final Stream stream;
  private final String statement;
  private final String names;
  private final boolean isByName;
  private final int rowsAtOnce;

  private ExportQuery(
      Stream stream, String statement, String names, boolean isByName, int rowsAtOnce) {
    this.stream = stream;
    this.statement = statement;
    this.names = names;
    this.isByName = isByName;
    this.rowsAtOnce = rowsAtOnce;
  }

  /** A row for each value of some metrics; of all if none is named. */
  public static ExportQuery metrics(Collection<String> names) {
    return new ExportQuery(Stream.METRICS, LONG, among(names), true, MANY_NUMBERS);
  }

  /** A row for each text that was logged as a metric. */
  public static ExportQuery texts(Collection<String> names) {
    return new ExportQuery(Stream.TEXTS, LONG, among(names), true, MANY_TEXTS);
  }

  /** A row for each line that was printed. */
  public static ExportQuery console() {
    return new ExportQuery(Stream.CONSOLE, CONSOLE, "", false, MANY_TEXTS);
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
  public static ExportQuery wide(List<String> names) {
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
    String statement = WIDE.formatted(columns.toString().replace("%", "%%"));
    return new ExportQuery(Stream.METRICS, statement, among(names), false, MANY_NUMBERS);
  }

  /** The same by parts of another number of rows; the answer is the same, its memory is not. */
  public ExportQuery inPartsOf(int rows) {
    return new ExportQuery(stream, statement, names, isByName, rows);
  }

  /** What it takes rows of. */
  Stream stream() {
    return stream;
  }

  /** Whether all rows of a metric of a run come before those of the next. */
  boolean isByName() {
    return isByName;
  }

  /** What the rows of a rank are ordered by: a column, and as a whole number. */
  Order order() {
    return stream == Stream.CONSOLE
        ? new Order("epoch_us(time)", "time", "make_timestamptz(%d::BIGINT)")
        : new Order("step", "step", "%d::BIGINT");
  }

  /**
   * What rows are ordered by.
   *
   * @param number it as a whole number
   * @param column it
   * @param value a format of such a number as a value of the column
   */
  record Order(String number, String column, String value) {}

  /** About how many rows are sorted at once. */
  int rowsAtOnce() {
    return rowsAtOnce;
  }

  /** The statement for a part of the rows. */
  String part(String condition) {
    return statement.formatted(rows(condition));
  }

  /** A part of the rows, not in order and with all columns that there are. */
  String rows(String condition) {
    return ROWS.formatted(stream.folder(), condition + names);
  }

  private static String among(Collection<String> names) {
    return names.isEmpty()
        ? ""
        : names.stream().map(Sql::literal).collect(Collectors.joining(", ", " AND name IN (", ")"));
  }

  private static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
