package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.query.sql.InitScript;
import io.ostraka.query.sql.Rows;
import io.ostraka.query.sql.SqlColumn;
import io.ostraka.query.sql.SqlSession;
import io.ostraka.query.sql.SqlSettings;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random logs with late and merged shards, resumes and forks: the view has each value that is shown
 * once, for a session and for a stock DuckDB that reads the script.
 */
class SqlPropertyTest {
  private static final int LOGS = Integer.getInteger("ostraka.logs", 4);
  private static final int LARGE = Integer.getInteger("ostraka.large", 0);
  private static final String EVERY_ROW =
      "SELECT run || ' ' || writer || ' ' || row || ' ' || step || ' ' || epoch_us(time) || ' ' || name, value FROM metrics WHERE project = 'random'";
  private static final String SUMS =
      "SELECT run || ' ' || name || ' ' || count(*) || ' ' || sum(step) || ' ' || count(*) FILTER (isnan(value)) FROM metrics GROUP BY run, name";
  private static final String RUNS =
      "SELECT to_json(r)::VARCHAR FROM (SELECT * EXCLUDE (last_activity, state) FROM runs) r";
  private static final String WRITERS =
      "SELECT to_json(w)::VARCHAR FROM (SELECT * EXCLUDE (last_activity, card) FROM writers) w";

  @TempDir Path folder;

  @Test
  void theViewsHaveEachShownValueOnce() throws Exception {
    long seed = Long.getLong("ostraka.seed", System.nanoTime());
    System.out.println("SqlPropertyTest: -Dostraka.seed=" + seed);
    Random random = new Random(seed);
    for (int log = 0; log < LOGS; log++) {
      check(new RandomLog(random), folder.resolve("log's [" + log + "]"));
    }
    for (int log = 0; log < LARGE; log++) {
      check(RandomLog.large(random), folder.resolve("large [" + log + "]"));
    }
  }

  private static void check(RandomLog log, Path root) throws Exception {
    Files.createDirectories(root);
    try (RootBuilder builder = RootBuilder.at(root);
        ShardStore store = LocalShardStore.open(root);
        SqlSession session = SqlSession.open(store, SqlSettings.ofACommand())) {
      compare(session, root, log);
      for (boolean all : new boolean[] {false, true}) {
        log.publish(builder, all);
        compare(session, root, log);
      }
    }
  }

  private static void compare(SqlSession session, Path root, RandomLog log) throws Exception {
    List<String> rows = log.owned().stream().map(SqlPropertyTest::text).sorted().toList();
    assertThat(ask(session, EVERY_ROW)).isEqualTo(rows);
    assertThat(ask(session, SUMS)).isEqualTo(sums(log));
    try (Connection stock = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = stock.createStatement()) {
      statement.execute(InitScript.of(root.toString()));
      assertThat(stock(statement, EVERY_ROW)).isEqualTo(rows);
      assertThat(stock(statement, SUMS)).isEqualTo(sums(log));
      assertThat(stock(statement, RUNS)).isEqualTo(ask(session, RUNS));
      assertThat(stock(statement, WRITERS)).isEqualTo(ask(session, WRITERS));
    }
  }

  private static String text(RandomLog.Owned owned) {
    RootBuilder.Row row = owned.row();
    return String.join(
        " ",
        owned.run(),
        owned.writer().text(),
        Long.toString(row.row()),
        Long.toString(row.step()),
        Long.toString(row.timeMicros()),
        row.name(),
        Double.toString(row.value()));
  }

  private static List<String> sums(RandomLog log) {
    Map<String, List<RootBuilder.Row>> groups =
        log.owned().stream()
            .collect(
                Collectors.groupingBy(
                    owned -> owned.run() + " " + owned.row().name(),
                    TreeMap::new,
                    Collectors.mapping(RandomLog.Owned::row, Collectors.toList())));
    List<String> sums = new ArrayList<>();
    groups.forEach(
        (key, rows) ->
            sums.add(
                "%s %d %d %d"
                    .formatted(
                        key,
                        rows.size(),
                        rows.stream().mapToLong(RootBuilder.Row::step).sum(),
                        rows.stream().filter(row -> Double.isNaN(row.value())).count())));
    return sums.stream().sorted().toList();
  }

  private static List<String> ask(SqlSession session, String statement) throws Exception {
    List<String> found = new ArrayList<>();
    session.run(
        statement,
        Long.MAX_VALUE,
        new Rows() {
          @Override
          public void columns(List<SqlColumn> columns) {
            assertThat(columns).isNotEmpty();
          }

          @Override
          public boolean row(List<@Nullable Object> values) {
            found.add(values.stream().map(String::valueOf).collect(Collectors.joining(" ")));
            return true;
          }
        });
    assertThat(session.problems()).isEmpty();
    return found.stream().sorted().toList();
  }

  /** What a DuckDB says that knows nothing of us but the script. */
  private static List<String> stock(Statement stock, String statement) throws SQLException {
    List<String> found = new ArrayList<>();
    try (ResultSet row = stock.executeQuery(statement)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        found.add(row.getString(1) + (columns == 1 ? "" : " " + row.getDouble(2)));
      }
    }
    return found.stream().sorted().toList();
  }
}
