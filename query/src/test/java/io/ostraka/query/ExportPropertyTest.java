package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.query.sql.ExportQuery;
import io.ostraka.query.sql.RowFormat;
import io.ostraka.query.sql.RowWriter;
import io.ostraka.query.sql.SqlSession;
import io.ostraka.query.sql.SqlSettings;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random logs: an export is the same file in however many parts it is made, and has every value.
 */
class ExportPropertyTest {
  private static final int LOGS = Integer.getInteger("ostraka.logs", 1);
  private static final int LARGE = Integer.getInteger("ostraka.large", 0);
  private static final int EVERYTHING = 1 << 30;

  @TempDir Path folder;

  @Test
  void anExportIsTheSameInHoweverManyPartsItIsMade() throws Exception {
    long seed = Long.getLong("ostraka.seed", System.nanoTime());
    System.out.println("ExportPropertyTest: -Dostraka.seed=" + seed);
    Random random = new Random(seed);
    for (int log = 0; log < LOGS; log++) {
      check(
          new RandomLog(random),
          folder.resolve("log's [" + log + "]"),
          folder.resolve(log + ".parquet"));
    }
    for (int log = 0; log < LARGE; log++) {
      check(
          RandomLog.large(random),
          folder.resolve("large [" + log + "]"),
          folder.resolve("large-" + log + ".parquet"));
    }
  }

  private static void check(RandomLog log, Path root, Path file) throws Exception {
    Files.createDirectories(root);
    SqlSettings settings = SqlSettings.ofACommand().withOutput(file);
    try (RootBuilder builder = RootBuilder.at(root);
        ShardStore store = LocalShardStore.open(root);
        SqlSession session = SqlSession.open(store, settings)) {
      assertThat(text(session, ExportQuery.metrics(List.of()))).hasLineCount(1);
      for (boolean all : new boolean[] {false, true}) {
        log.publish(builder, all);
        List<String> names =
            log.owned().stream().map(owned -> owned.row().name()).distinct().sorted().toList();
        ExportQuery metrics = ExportQuery.metrics(List.of());
        String whole = text(session, metrics.inPartsOf(EVERYTHING));
        assertThat(whole).hasLineCount(1 + log.owned().size());
        List<ExportQuery> exports = new ArrayList<>(List.of(metrics, ExportQuery.console()));
        if (!names.isEmpty()) {
          exports.add(ExportQuery.wide(names));
          exports.add(ExportQuery.metrics(names.subList(0, 1)));
        }
        for (ExportQuery export : exports) {
          String expected = text(session, export.inPartsOf(EVERYTHING));
          for (int rows : new int[] {7, 60}) {
            String inParts = text(session, export.inPartsOf(rows * log.scale()));
            assertThat(inParts.equals(expected)).as("in parts of " + rows).isTrue();
          }
        }
        long rows = session.exportParquet(metrics.inPartsOf(40 * log.scale()), file);
        assertThat(rows).isEqualTo(log.owned().size());
        assertThat(written(file)).isEqualTo(keys(whole));
        assertThat(SqlSettings.partOf(file)).doesNotExist();
      }
    }
  }

  private static String text(SqlSession session, ExportQuery export) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowWriter writer = RowFormat.CSV.writer(out);
    session.export(export, writer);
    writer.end();
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Project, run, name, rank, writer and row of each line. */
  private static List<String> keys(String csv) {
    return csv.lines()
        .skip(1)
        .map(line -> line.replaceFirst("((?:[^,]*,){5}[^,]*),.*", "$1"))
        .toList();
  }

  /** The same of a Parquet file, as a DuckDB reads it that knows nothing of us. */
  private static List<String> written(Path file) throws Exception {
    List<String> keys = new ArrayList<>();
    try (Connection stock = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = stock.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT concat_ws(',', project, run, name, rank, writer, row) FROM '%s' WHERE time IS NOT NULL AND isnan(value) IS NOT NULL"
                    .formatted(file.toString().replace("'", "''")))) {
      while (rows.next()) {
        keys.add(rows.getString(1));
      }
    }
    return keys;
  }
}
