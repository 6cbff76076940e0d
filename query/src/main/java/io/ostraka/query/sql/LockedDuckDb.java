package io.ostraka.query.sql;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Column;
import io.ostraka.Stream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * One DuckDB in memory for one statement at a time, which may read below some folders, write one
 * file, and nothing else. Its limits are set once and locked. If DuckDB ends itself, another one
 * with the same tables of its user's takes its place, with empty views.
 */
final class LockedDuckDb implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LockedDuckDb.class.getName());
  private static final long CANCEL_AGAIN_MILLIS = 100;

  private final SqlSettings settings;
  private final List<Path> readable;
  private final Map<String, Table> defined = new LinkedHashMap<>();
  private Connection connection;
  private boolean isFilled;
  private final ScheduledThreadPoolExecutor clock;

  /** What {@link #cancel} ends; a statement that does not run itself ends nothing. */
  private volatile @Nullable Statement running;

  private record Table(Map<String, String> types, ArrayNode rows) {}

  private LockedDuckDb(Connection connection, SqlSettings settings, List<Path> readable) {
    this.connection = connection;
    this.settings = settings;
    this.readable = readable;
    this.clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "ostraka-sql-time-limit");
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
  }

  static LockedDuckDb open(SqlSettings settings, List<Path> readable) throws IOException {
    return new LockedDuckDb(connect(settings, readable), settings, readable);
  }

  private static Connection connect(SqlSettings settings, List<Path> readable) throws IOException {
    Properties properties = new Properties();
    properties.setProperty(
        DuckDBDriver.JDBC_STREAM_RESULTS, Boolean.toString(settings.isStreamed()));
    try {
      Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
      try {
        configure(connection, settings, readable);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return connection;
    } catch (SQLException | LinkageError e) {
      throw new IOException("Cannot open DuckDB: " + e.getMessage(), e);
    }
  }

  private static void configure(Connection connection, SqlSettings settings, List<Path> readable)
      throws SQLException {
    long process = ProcessHandle.current().pid();
    Path spill = settings.temporary().resolve("ostraka-sql-" + process);
    String folders =
        readable.stream().map(Path::toString).map(Sql::literal).collect(Collectors.joining(", "));
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET threads = " + settings.threads());
      statement.execute("SET memory_limit = '" + settings.memoryLimitBytes() + "B'");
      statement.execute("SET temp_directory = " + Sql.literal(spill.toString()));
      statement.execute("SET max_temp_directory_size = '" + settings.spillLimitBytes() + "B'");
      statement.execute("SET autoinstall_known_extensions = false");
      statement.execute("SET autoload_known_extensions = false");
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute(StreamViews.READER);
      RootTables.ofNothing().fill(connection);
      statement.execute(StreamViews.views());
      statement.execute("SET allowed_directories = [" + folders + "]");
      if (settings.output().isPresent()) {
        Path file = settings.output().get();
        statement.execute(
            "SET allowed_paths = [%s, %s]"
                .formatted(
                    Sql.literal(file.toString()),
                    Sql.literal(SqlSettings.partOf(file).toString())));
      }
      statement.execute("SET enable_external_access = false");
      statement.execute("SET lock_configuration = true");
    }
  }

  /** Makes a table with the given columns out of rows, each a JSON object. */
  void define(String table, Map<String, String> types, ArrayNode rows) throws IOException {
    make(table, types, rows);
    defined.put(table, new Table(types, rows));
  }

  private void make(String table, Map<String, String> types, ArrayNode rows) throws IOException {
    ObjectNode structure = JsonNodeFactory.instance.objectNode();
    types.forEach(structure::put);
    String sql =
        "CREATE OR REPLACE TEMP TABLE %s AS SELECT unnest(from_json(?, %s), max_depth := 2)"
            .formatted(table, Sql.literal("[" + structure + "]"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, rows.toString());
      statement.execute();
    } catch (SQLException e) {
      throw new IOException("Cannot make the table " + table + ": " + e.getMessage(), e);
    }
  }

  void fill(RootTables tables) throws IOException {
    try {
      tables.fill(connection);
      isFilled = true;
    } catch (SQLException e) {
      throw new IOException("Cannot make the views: " + e.getMessage(), e);
    }
  }

  /** Whether the views were filled, and are not empty again. */
  boolean isFilled() {
    return isFilled;
  }

  /** Whether the statement is a query; the alternative is that it explains one. */
  boolean check(String statement) throws IOException, SqlFailure {
    try {
      return OnlyQuestions.check(connection, statement, settings.isGuarded());
    } catch (SQLException e) {
      replaceIfEnded();
      throw new IOException("Cannot check the statement: " + e.getMessage(), e);
    }
  }

  /** Runs a statement that was {@link #check checked}. */
  void query(String statement, Rows rows) throws SQLException, IOException, SqlFailure {
    timed(
        () -> {
          try (Statement asked = running(connection.createStatement());
              ResultSet result = asked.executeQuery(statement)) {
            pass(result, columns(result.getMetaData()), false, rows);
          }
        });
  }

  /** Runs a query that was {@link #check checked}, up to a number of rows; it stands in line 2. */
  void query(String statement, long limit, Rows rows) throws SQLException, IOException, SqlFailure {
    String limited = "FROM (\n" + statement + "\n) LIMIT " + limit;
    if (settings.isGuarded()) {
      timed(() -> queryWithoutLongLists(statement, limit, limited, rows));
    } else {
      query(limited, rows);
    }
  }

  private void queryWithoutLongLists(String statement, long limit, String limited, Rows rows)
      throws SQLException, IOException, SqlFailure {
    List<SqlColumn> columns;
    try (PreparedStatement plain = running(connection.prepareStatement(limited))) {
      columns = columns(plain.getMetaData());
      if (!LongLists.mayBeIn(columns)) {
        try (ResultSet result = plain.executeQuery()) {
          pass(result, columns, false, rows);
        }
        return;
      }
    }
    String counting = LongLists.counted(statement, limit, columns);
    try (PreparedStatement counted = running(connection.prepareStatement(counting));
        ResultSet result = counted.executeQuery()) {
      pass(result, columns, true, rows);
    }
  }

  private static List<SqlColumn> columns(ResultSetMetaData types) throws SQLException {
    List<SqlColumn> columns = new ArrayList<>();
    for (int i = 1; i <= types.getColumnCount(); i++) {
      columns.add(new SqlColumn(types.getColumnLabel(i), types.getColumnTypeName(i)));
    }
    return columns;
  }

  /* Where elements are counted, how many there are so far stands behind the columns. */
  private static void pass(ResultSet result, List<SqlColumn> columns, boolean isCounted, Rows rows)
      throws SQLException, IOException, SqlFailure {
    // What fails before the first row can be tried again by whoever takes the rows.
    boolean isMore = result.next();
    rows.columns(columns);
    while (isMore) {
      if (isCounted && result.getLong(columns.size() + 1) > LongLists.MOST_ELEMENTS) {
        throw LongLists.failure();
      }
      isMore = rows.row(Values.row(result, columns.size())) && result.next();
    }
  }

  /**
   * Writes the answer to a query that was {@link #check checked}; it stands in line 2.
   *
   * @return how many rows it has
   */
  long writeParquet(String statement, Path file) throws SQLException, IOException, SqlFailure {
    long[] count = new long[1];
    String sql =
        "COPY (\n"
            + statement
            + "\n) TO "
            + Sql.literal(file.toString())
            + " (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)";
    timed(
        () -> {
          try (Statement copy = running(connection.createStatement())) {
            copy.execute(sql);
            count[0] = copy.getLargeUpdateCount();
          }
        });
    return count[0];
  }

  /** What makes its statements known by {@link #running}, so that they can be ended. */
  private interface Work {
    void run() throws SQLException, IOException, SqlFailure;
  }

  private void timed(Work work) throws SQLException, IOException, SqlFailure {
    AtomicBoolean isLate = new AtomicBoolean();
    try {
      ScheduledFuture<?> alarm = alarm(isLate);
      try {
        work.run();
      } finally {
        alarm.cancel(false);
        running = null;
      }
    } catch (SQLException e) {
      replaceIfEnded();
      if (isLate.get()) {
        throw new SqlFailure(
            "The statement took longer than "
                + settings.timeLimit().toSeconds()
                + " s and was ended; ask for less, or where you can allow it more time",
            List.of());
      }
      if (String.valueOf(e.getMessage()).contains("Java heap space")) {
        throw tooLarge(); // met by DuckDB while it made a Java value
      }
      throw e;
    } catch (OutOfMemoryError e) {
      throw tooLarge();
    }
  }

  private <S extends Statement> S running(S statement) {
    running = statement;
    return statement;
  }

  private void replaceIfEnded() throws IOException {
    if (!EndedDuckDb.isBehind(connection)) {
      return;
    }
    Connection ended = connection;
    isFilled = false;
    connection = connect(settings, readable);
    for (Map.Entry<String, Table> table : defined.entrySet()) {
      make(table.getKey(), table.getValue().types(), table.getValue().rows());
    }
    close(ended);
  }

  private static SqlFailure tooLarge() {
    return new SqlFailure(
        "The answer has values too large for the memory of this process; ask for less of them, or for their length",
        List.of());
  }

  /** Ends the statement that runs, if any does; it fails. */
  void cancel() throws IOException {
    Statement statement = running;
    try {
      if (statement != null) {
        statement.cancel();
      }
    } catch (SQLException e) {
      throw new IOException("Cannot end the statement: " + e.getMessage(), e);
    }
  }

  /* Again and again, since what is only about to run is not ended. */
  private ScheduledFuture<?> alarm(AtomicBoolean isLate) {
    Duration timeLimit = settings.timeLimit();
    long millis = timeLimit.isZero() ? Long.MAX_VALUE / 2 : timeLimit.toMillis();
    return clock.scheduleWithFixedDelay(
        () -> {
          isLate.set(true);
          try {
            cancel();
          } catch (IOException e) {
            LOG.log(Level.DEBUG, "A late statement goes on for now", e);
          }
        },
        millis,
        CANCEL_AGAIN_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /** Why a shard's rows cannot be read, or nothing if they can. */
  Optional<String> whyUnreadable(Stream stream, Path file) throws IOException {
    String columns = stream.columns().stream().map(Column::name).collect(Collectors.joining(", "));
    String sql =
        "SELECT max(hash(row, step, time, %s)) FROM read_parquet([?::VARCHAR], hive_partitioning = false)"
            .formatted(columns);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, file.toString());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Optional.empty();
      }
    } catch (SQLException e) {
      replaceIfEnded();
      return Optional.of(String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason"));
    }
  }

  @Override
  public void close() throws IOException {
    clock.shutdownNow();
    close(connection);
  }

  private static void close(Connection connection) throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException("Cannot close DuckDB", e);
    }
  }
}
