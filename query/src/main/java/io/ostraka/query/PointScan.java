package io.ostraka.query;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One scan of one metric over some shards, which gives every point, one rank's line after the
 * other. DuckDB sorts, and spills what is too much; here one point is in memory at a time.
 *
 * @param places where the points lie
 * @param metric the metric's name
 * @param sources what is read, in the order of the files
 * @param tracks the ranks' lines
 * @param lastOfRepeats whether of several values of a rank at one step only the last is given
 * @param cut only points of these positions are given; null for all
 */
record PointScan(
    Places places,
    String metric,
    List<Source> sources,
    Tracks tracks,
    boolean lastOfRepeats,
    @Nullable Extent cut) {
  /* The writer with the last word is the first of its rank, and of its rows the greatest. */
  private static final String LAST_OF_REPEATS =
      """
      QUALIFY row_number() OVER (
        PARTITION BY track, step, CASE WHEN step IS NULL THEN {'writer': writer, 'row': row} END
        ORDER BY writer, row DESC) = 1
      """;

  /**
   * Scans.
   *
   * @param sinks who takes the points of a rank's line, by the number of one of its writers
   */
  void run(Connection connection, Array files, IntFunction<PointSink> sinks) throws SQLException {
    SqlValues values = new SqlValues();
    String sql =
        """
        WITH logged AS (
          SELECT %s AS track, %s AS writer, step, %s AS position, row, value
          FROM read_parquet(%s, hive_partitioning = false)
          WHERE name = %s AND %s AND %s),
        kept AS (SELECT * FROM logged %s)
        SELECT track, writer, position, row, value FROM kept WHERE %s
        ORDER BY track, position, writer DESC, row
        """
            .formatted(
                Source.perFile(sources, values, source -> tracks.of(source.writer())),
                Source.perFile(sources, values, Source::writer),
                position(values),
                values.files(files),
                values.text(metric),
                places.axis() == Axis.STEP ? "step IS NOT NULL" : "true",
                Source.areRead(sources, values),
                lastOfRepeats ? LAST_OF_REPEATS : "",
                isVisible(values));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values.bind(connection, statement);
      try (ResultSet rows = statement.executeQuery()) {
        give(rows, sinks);
      }
    }
  }

  private void give(ResultSet rows, IntFunction<PointSink> sinks) throws SQLException {
    double unit = places.axis().positionsPerUnit();
    int track = -1;
    PointSink sink = null;
    while (rows.next()) {
      int next = rows.getInt(1);
      int writer = rows.getInt(2);
      if (sink == null || next != track) {
        if (sink != null) {
          sink.end();
        }
        track = next;
        sink = sinks.apply(writer);
      }
      long position = rows.getLong(3);
      sink.add(writer, position, position / unit, rows.getLong(4), rows.getDouble(5));
    }
    if (sink != null) {
      sink.end();
    }
  }

  private String position(SqlValues values) {
    return places.axis() == Axis.STEP
        ? "step"
        : "epoch_us(time) - "
            + Source.perFile(sources, values, source -> places.origins().get(source.writer()));
  }

  private String isVisible(SqlValues values) {
    return cut == null
        ? "true"
        : "position BETWEEN " + values.number(cut.first()) + " AND " + values.number(cut.last());
  }
}
