package io.ostraka.query.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Tells when a DuckDB has ended itself: after an error that it did not foresee, which a damaged
 * file can make, it answers nothing more, whatever is asked, and another has to be opened.
 */
public final class EndedDuckDb {
  private static final String AFTERWARDS = "because of a previous fatal error";

  private EndedDuckDb() {}

  /**
   * Whether the DuckDB of a connection has ended itself. It is asked something, since the error
   * that it ended with may say anything.
   */
  public static boolean isBehind(Connection connection) {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 1")) {
      return !row.next();
    } catch (SQLException e) {
      return hadEndedBefore(e);
    }
  }

  /**
   * Whether DuckDB had ended itself before it was asked, so that its error is not of the question.
   */
  public static boolean hadEndedBefore(SQLException error) {
    return String.valueOf(error.getMessage()).contains(AFTERWARDS);
  }
}
