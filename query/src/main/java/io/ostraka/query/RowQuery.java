package io.ostraka.query;

import io.ostraka.WriterId;
import java.io.IOException;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exact rows of one run: points, console lines, texts. */
final class RowQuery {
  private static final int MOST_NAMES = 10_000;

  private final Selection selection;
  private final ShardReader reader;

  RowQuery(Selection selection, ShardReader reader) {
    this.selection = selection;
    this.reader = reader;
  }

  /**
   * Points by step, row and writer; without a step they come first.
   *
   * @param originMicros what positions on a time axis are counted from
   */
  Page<Point> points(PointsRequest request, ShardSummaries.Loaded summaries, long originMicros)
      throws IOException, SelectionChanged {
    List<Source> holding = new ArrayList<>();
    for (Source source : selection.sources()) {
      if (summaries.of(source).find(request.metric()) != null) {
        holding.add(source);
      }
    }
    if (holding.isEmpty()) {
      List<String> asked = List.of(request.metric());
      throw Unknown.metric(asked, summaries.names());
    }
    Extent positions = request.range().positions(request.axis());
    if (positions == null) {
      return new Page<>(List.of(), false, selection.problems());
    }
    return page(
        holding,
        Needs.metrics(List.of(request.metric())),
        request.limit(),
        (files, values) -> pointsSql(request, positions, originMicros, holding, files, values),
        this::point);
  }

  private static String pointsSql(
      PointsRequest request,
      Extent positions,
      long originMicros,
      List<Source> sources,
      Array files,
      SqlValues values) {
    return """
        SELECT %s AS writer, row, step, epoch_us(time) AS micros, value
        FROM read_parquet(%s, hive_partitioning = false)
        WHERE name = %s AND %s AND %s
        ORDER BY step NULLS FIRST, row, writer
        LIMIT %s
        """
        .formatted(
            Source.perFile(sources, values, Source::writer),
            values.files(files),
            values.text(request.metric()),
            Source.areRead(sources, values),
            isBetween(request.axis(), positions, originMicros, values),
            values.number(request.limit() + 1L));
  }

  private static String isBetween(
      Axis axis, Extent positions, long originMicros, SqlValues values) {
    if (positions.first() == Long.MIN_VALUE && positions.last() == Long.MAX_VALUE) {
      return "true";
    }
    String position =
        axis == Axis.STEP ? "step" : "epoch_us(time) - " + values.number(originMicros);
    String first = values.number(positions.first());
    String last = values.number(positions.last());
    return position + " BETWEEN " + first + " AND " + last;
  }

  private Point point(ResultSet row) throws SQLException {
    return new Point(
        writer(row), row.getLong(2), nullableLong(row, 3), row.getLong(4), row.getDouble(5));
  }

  /** The newest lines, or the oldest after a row; the newest last. */
  Page<ConsoleLine> console(ConsoleRequest request) throws IOException, SelectionChanged {
    Long after = request.after();
    List<Source> wanted = new ArrayList<>();
    for (Source source : selection.sources()) {
      Source rest = after == null ? source : source.from(after + 1);
      if (!rest.isEmpty()) {
        wanted.add(rest);
      }
    }
    boolean newestFirst = after == null;
    Page<ConsoleLine> page =
        page(
            wanted,
            Needs.everything(),
            request.limit(),
            (files, values) -> consoleSql(request, wanted, newestFirst, files, values),
            this::consoleLine);
    return newestFirst ? reversed(page) : page;
  }

  private static String consoleSql(
      ConsoleRequest request,
      List<Source> sources,
      boolean newestFirst,
      Array files,
      SqlValues values) {
    String order = newestFirst ? "time DESC, writer DESC, row DESC" : "row";
    return """
        SELECT %s AS writer, row, step, epoch_us(time) AS micros, source, line
        FROM read_parquet(%s, hive_partitioning = false)
        WHERE %s AND %s
        ORDER BY %s
        LIMIT %s
        """
        .formatted(
            Source.perFile(sources, values, Source::writer),
            values.files(files),
            Source.areRead(sources, values),
            request.search().isEmpty()
                ? "true"
                : "contains(lower(line), lower(" + values.text(request.search()) + "))",
            order,
            values.number(request.limit() + 1L));
  }

  private ConsoleLine consoleLine(ResultSet row) throws SQLException {
    return new ConsoleLine(
        writer(row),
        row.getLong(2),
        row.getLong(4),
        nullableLong(row, 3),
        row.getString(5),
        row.getString(6));
  }

  /** The newest texts by step and row, the newest last. */
  Page<Text> texts(TextsRequest request) throws IOException, SelectionChanged {
    List<Source> sources = selection.sources();
    String metric = request.metric();
    Page<Text> found =
        reversed(
            page(
                sources,
                metric == null ? Needs.everything() : Needs.metrics(List.of(metric)),
                request.limit(),
                (files, values) -> textsSql(request, sources, files, values),
                this::text));
    if (metric != null && found.rows().isEmpty()) {
      throw Unknown.metric(List.of(metric), names(sources));
    }
    return found;
  }

  private List<String> names(List<Source> sources) throws IOException, SelectionChanged {
    return page(
            sources,
            Needs.everything(),
            MOST_NAMES,
            (files, values) -> namesSql(sources, files, values),
            row -> row.getString(1))
        .rows();
  }

  private static String namesSql(List<Source> sources, Array files, SqlValues values) {
    return "SELECT DISTINCT name FROM read_parquet(%s, hive_partitioning = false) WHERE %s ORDER BY name LIMIT %s"
        .formatted(
            values.files(files), Source.areRead(sources, values), values.number(MOST_NAMES + 1L));
  }

  private static String textsSql(
      TextsRequest request, List<Source> sources, Array files, SqlValues values) {
    String metric = request.metric();
    return """
        SELECT %s AS writer, row, step, epoch_us(time) AS micros, name, value
        FROM read_parquet(%s, hive_partitioning = false)
        WHERE %s AND %s
        ORDER BY step DESC, row DESC, writer DESC
        LIMIT %s
        """
        .formatted(
            Source.perFile(sources, values, Source::writer),
            values.files(files),
            metric == null ? "true" : "name = " + values.text(metric),
            Source.areRead(sources, values),
            values.number(request.limit() + 1L));
  }

  private Text text(ResultSet row) throws SQLException {
    return new Text(
        writer(row),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getString(5),
        row.getString(6));
  }

  private WriterId writer(ResultSet row) throws SQLException {
    return selection.writer(row.getInt(1));
  }

  private static @Nullable Long nullableLong(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  /** A query whose values are bound as its text is made. */
  private interface Sql {
    String make(Array files, SqlValues values);
  }

  private interface RowOf<T> {
    T read(ResultSet row) throws SQLException;
  }

  /* The query asks for one row more than the limit, to know whether there are more. */
  private <T> Page<T> page(List<Source> sources, Needs needs, int limit, Sql sql, RowOf<T> rowOf)
      throws IOException, SelectionChanged {
    if (sources.isEmpty()) {
      return new Page<>(List.of(), false, selection.problems());
    }
    List<T> rows =
        reader.read(
            sources,
            needs,
            (connection, files) -> {
              SqlValues values = new SqlValues();
              String text = sql.make(files, values);
              List<T> found = new ArrayList<>();
              try (PreparedStatement statement = connection.prepareStatement(text)) {
                values.bind(connection, statement);
                try (ResultSet row = statement.executeQuery()) {
                  while (row.next()) {
                    found.add(rowOf.read(row));
                  }
                }
              }
              return found;
            });
    boolean more = rows.size() > limit;
    return new Page<>(more ? rows.subList(0, limit) : rows, more, selection.problems());
  }

  private static <T> Page<T> reversed(Page<T> page) {
    List<T> rows = new ArrayList<>(page.rows());
    Collections.reverse(rows);
    return new Page<>(rows, page.more(), page.problems());
  }
}
