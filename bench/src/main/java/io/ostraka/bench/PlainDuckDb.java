package io.ostraka.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What DuckDB alone takes for the bins of a chart, of files that are sorted as it likes it best.
 */
final class PlainDuckDb {
  private PlainDuckDb() {}

  /**
   * Makes the bins of one metric, for each run.
   *
   * @param files a pattern of Parquet files below folders of runs
   * @param width of the bins, in steps
   */
  static Timing bins(String files, String metric, long width) throws Exception {
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:")) {
      return Timing.of(() -> bins(duckdb, files, metric, width));
    }
  }

  private static long bins(Connection duckdb, String files, String metric, long width)
      throws SQLException {
    String sql =
        """
        SELECT run, step // ? AS bin, min(value), max(value), arg_max(value, row), count(*)
        FROM read_parquet(?) WHERE name = ? GROUP BY run, bin
        """;
    try (PreparedStatement statement = duckdb.prepareStatement(sql)) {
      statement.setLong(1, width);
      statement.setString(2, files);
      statement.setString(3, metric);
      long bins = 0;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          bins += rows.getLong(6) > 0 ? 1 : 0;
        }
      }
      return bins;
    }
  }
}
