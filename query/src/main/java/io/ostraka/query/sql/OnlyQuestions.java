package io.ostraka.query.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets through only what asks a question of the views.
 *
 * <p>DuckDB's own parser says what a statement is: it serializes those that select and no others.
 * In these, nodes that write may still stand (a common table expression may be an INSERT or a COPY
 * to a file of the root, which DuckDB's own limits would allow), and functions that read files or
 * take a statement as text. So every node and every table function must be one that is known to
 * read only.
 */
final class OnlyQuestions {
  private static final Pattern EXPLAIN = Pattern.compile("(?i)^explain(\\s+analy[sz]e)?\\s");
  private static final Set<String> NODES =
      Set.of("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE");
  private static final Set<String> TABLE_FUNCTIONS =
      Set.of(
          "range",
          "generate_series",
          "unnest",
          "json_each",
          "json_tree",
          "histogram",
          "histogram_values",
          "duckdb_columns",
          "duckdb_functions",
          "duckdb_keywords",
          "duckdb_types",
          "pragma_table_info",
          "pragma_version");

  private static final ObjectMapper JSON = new ObjectMapper();

  private OnlyQuestions() {}

  /**
   * Checks one statement.
   *
   * @param isGuarded whether long values are refused, see {@link LongValues}
   * @return whether its answer is rows of a query; an explanation is not
   * @throws SqlFailure if it is none that only asks, or cannot be parsed
   */
  static boolean check(Connection connection, String statement, boolean isGuarded)
      throws SQLException, SqlFailure {
    String bare = Statements.fromFirstWord(statement);
    Matcher explain = EXPLAIN.matcher(bare);
    boolean isExplained = explain.find();
    String asked = isExplained ? bare.substring(explain.end()) : bare;
    JsonNode tree = serialized(connection, asked);
    if (tree.path("error").asBoolean(true)) {
      if (tree.path("error_type").asText().equals("not implemented")) {
        throw refused(asked);
      }
      explainParserError(connection, statement);
      throw refused(asked);
    }
    if (tree.path("statements").size() != 1) {
      throw new SqlFailure("That is not one statement; end each with a semicolon", List.of());
    }
    checkNodes(tree.path("statements"));
    if (isGuarded) {
      LongValues.check(tree.path("statements"));
    }
    return !isExplained;
  }

  private static JsonNode serialized(Connection connection, String statement)
      throws SQLException, SqlFailure {
    try (PreparedStatement serialize =
        connection.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)")) {
      serialize.setString(1, statement);
      try (ResultSet row = serialize.executeQuery()) {
        row.next();
        return JSON.readTree(row.getString(1));
      }
    } catch (JsonProcessingException e) {
      throw new SqlFailure("The statement is nested too deeply; make it simpler", List.of());
    }
  }

  /* To parse is all that is done of a text that does not parse. */
  private static void explainParserError(Connection connection, String statement)
      throws SqlFailure {
    try (PreparedStatement refusedByDuckDb = connection.prepareStatement(statement)) {
      refusedByDuckDb.clearParameters();
    } catch (SQLException e) {
      throw DuckDbErrors.failure(e);
    }
  }

  private static void checkNodes(JsonNode node) throws SqlFailure {
    String type = node.path("type").asText();
    if (type.endsWith("_NODE") && !NODES.contains(type)) {
      throw refused(type.substring(0, type.indexOf('_')));
    }
    if (type.equals("TABLE_FUNCTION")) {
      checkFunction(node.path("function").path("function_name").asText());
    }
    if (type.equals("BASE_TABLE") && node.path("table_name").asText().contains("/")) {
      throw files(node.path("table_name").asText());
    }
    for (JsonNode child : node) {
      checkNodes(child);
    }
  }

  private static void checkFunction(String name) throws SqlFailure {
    if (!TABLE_FUNCTIONS.contains(name.toLowerCase(Locale.ROOT))) {
      throw files(name + "()");
    }
  }

  private static SqlFailure files(String what) {
    return new SqlFailure(
        what
            + " is not read here: name one of the views (SHOW TABLES lists them); the stock DuckDB reads files beside them ('ostraka sql --init')",
        List.of());
  }

  private static SqlFailure refused(String statement) {
    String word = statement.strip().split("[^A-Za-z_]", 2)[0].toUpperCase(Locale.ROOT);
    if (word.equals("PIVOT")) {
      return new SqlFailure(
          "PIVOT needs the values that become columns: PIVOT … ON name IN ('a', 'b') …", List.of());
    }
    return new SqlFailure(
        (word.isEmpty() ? "That" : word)
            + " is refused: only questions are answered (SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN); the stock DuckDB does the rest ('ostraka sql --init')",
        List.of());
  }
}
