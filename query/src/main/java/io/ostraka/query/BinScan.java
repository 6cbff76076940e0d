package io.ostraka.query;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One scan of one metric over some shards, which makes bins for each writer.
 *
 * @param places where the points lie
 * @param grid into which bins
 * @param metric the metric's name
 * @param sources what is read, in the order of the files
 * @param cut only points of these positions are taken, all of which the grid shows; null where it
 *     shows all that there are
 */
record BinScan(
    Places places, Grid grid, String metric, List<Source> sources, @Nullable Extent cut) {
  /**
   * Scans.
   *
   * @param builders the bins of each writer's line
   */
  void run(Connection connection, Array files, IntFunction<Bins.Builder> builders)
      throws SQLException {
    SqlValues values = new SqlValues();
    String sql =
        """
        SELECT writer, bin, min(finite), max(finite), arg_max(value, row), max(row), count(*),
               count(finite), sum(finite * %s)
        FROM (
          SELECT %s AS writer, CAST(%s // %s AS INTEGER) AS bin, value, row,
                 CASE WHEN isfinite(value) THEN value END AS finite
          FROM read_parquet(%s, hive_partitioning = false)
          WHERE name = %s AND %s AND %s AND %s)
        GROUP BY writer, bin
        """
            .formatted(
                Double.toString(Bins.SUM_SCALE),
                perFile(values, Source::writer),
                distance(values),
                values.number(grid.positionsPerBin()),
                values.files(files),
                values.text(metric),
                hasPosition(),
                Source.areRead(sources, values),
                isVisible(values));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values.bind(connection, statement);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          int writer = rows.getInt(1);
          builders
              .apply(writer)
              .add(
                  rows.getInt(2),
                  writer,
                  rows.getDouble(3),
                  rows.getDouble(4),
                  rows.getDouble(5),
                  rows.getLong(6),
                  rows.getLong(7),
                  rows.getLong(8),
                  rows.getDouble(9));
        }
      }
    }
  }

  /* The distance of a row from the grid's base: never negative, so that // rounds down. */
  private String distance(SqlValues values) {
    if (places.axis() == Axis.STEP) {
      return grid.isHuge()
          ? "(step::HUGEINT - " + values.huge(grid.base().toString()) + ")"
          : "(step - " + values.number(grid.base().longValueExact()) + ")";
    }
    long base = grid.base().longValueExact();
    return "(epoch_us(time) - " + perFile(values, source -> origin(source) + base) + ")";
  }

  private String hasPosition() {
    return places.axis() == Axis.STEP ? "step IS NOT NULL" : "true";
  }

  private String isVisible(SqlValues values) {
    if (cut == null) {
      return "true";
    }
    long first = cut.first();
    long last = cut.last();
    if (places.axis() == Axis.STEP) {
      return "step BETWEEN " + values.number(first) + " AND " + values.number(last);
    }
    long least = sources.stream().mapToLong(this::origin).min().orElseThrow();
    long greatest = sources.stream().mapToLong(this::origin).max().orElseThrow();
    String coarse =
        "time BETWEEN make_timestamptz(%s) AND make_timestamptz(%s)"
            .formatted(values.number(least + first), values.number(greatest + last));
    String exact =
        "epoch_us(time) - %s BETWEEN %s AND %s"
            .formatted(perFile(values, this::origin), values.number(first), values.number(last));
    return coarse + " AND " + exact;
  }

  private long origin(Source source) {
    return places.origins().get(source.writer());
  }

  private String perFile(SqlValues values, ToLongFunction<Source> number) {
    return Source.perFile(sources, values, number);
  }
}
