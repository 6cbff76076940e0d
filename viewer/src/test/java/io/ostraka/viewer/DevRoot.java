package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.query.RootBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;

/**
 * A rich root to look at: a project of ten runs of up to 100,000 points a metric with NaNs and a
 * spike of one step, a run of four ranks, one that fails, and one that goes on; and a project of
 * distributed runs in trouble.
 */
public final class DevRoot {
  private static final String PROJECT = "digits";
  private static final long STEP_MICROS = 20_000;
  private static final int POINTS_PER_TICK = 25;

  private final Path root;
  private final Instant now;

  private DevRoot(Path root, Instant now) {
    this.root = root;
    this.now = now;
  }

  /** Makes the root in a folder unless it is there, and returns what goes on writing to it. */
  public static DevRoot make(Path root) throws IOException, SQLException {
    DevRoot made = new DevRoot(root, Instant.now().truncatedTo(ChronoUnit.MILLIS));
    if (!Files.exists(root.resolve("project=" + PROJECT))) {
      made.makeEnded();
    }
    return made;
  }

  private void makeEnded() throws IOException, SQLException {
    try (RootBuilder builder = RootBuilder.at(root)) {
      for (int i = 0; i < 8; i++) {
        int points = i == 0 ? 100_000 : 5_000 * (i + 1);
        single(builder, i, points);
      }
      ranks(builder);
      other(builder);
    }
  }

  private void single(RootBuilder builder, int number, int points) throws IOException {
    WriterKey writer = writer(PROJECT, "sweep-" + number, 0, number);
    Instant started = now.minusSeconds(86_400L * (10 - number));
    int width = 16 << number % 4;
    double rate = number % 2 == 0 ? 0.001 : 0.0003;
    Consumer<ObjectNode> facts =
        card -> {
          card.put("name", "mlp-" + width + (number % 2 == 0 ? "-fast" : "-slow"));
          card.put("group", number % 2 == 0 ? "fast" : "slow");
          card.putArray("tags").add(number == 0 ? "long" : "baseline").add("w" + width);
          card.putObject("config").put("lr", rate).put("width", width).put("seed", number);
          card.putObject("summary").put("best/accuracy", 0.9 + number / 100.0);
          card.put("host", "node-" + number % 3).put("process_id", 4000 + number);
          card.putArray("command").add("train.py").add("--lr").add(Double.toString(rate));
          card.putObject("git").put("commit", "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
          card.putObject("client").put("language", "python").put("version", "0.1.0");
          if (number == 5) {
            card.put("state", "failed").put("failure", "CUDA error: out of memory");
          }
        };
    builder.end(writer, started, facts);
    metrics(builder, writer, started, 0, points, number);
    system(builder, writer, started);
    console(builder, writer, started);
  }

  private void ranks(RootBuilder builder) throws IOException {
    Instant started = now.minusSeconds(7_200);
    for (int rank = 0; rank < 4; rank++) {
      WriterKey writer = writer(PROJECT, "data-parallel", rank, 100 + rank);
      int own = rank;
      builder.end(
          writer,
          started.plusMillis(rank * 40L),
          card -> {
            card.put("name", "mlp-64-four-ranks").put("world_size", 4).put("rank", own);
            card.putObject("config").put("lr", 0.001).put("width", 64).put("ranks", 4);
            card.putArray("tags").add("distributed");
            card.put("host", "node-" + own).put("process_id", 900 + own);
          });
      metrics(builder, writer, started, 0, 20_000, 20 + rank);
    }
  }

  private void other(RootBuilder builder) throws IOException {
    WriterKey writer = writer("größe & Söhne 🏺", "only run", 0, 999);
    Instant started = now.minusSeconds(400_000);
    builder.end(writer, started, card -> card.put("name", "<b>bold?</b>"));
    metrics(builder, writer, started, 0, 300, 3);
  }

  /* Five metrics a step; row numbers follow the steps. */
  private static void metrics(
      RootBuilder builder, WriterKey writer, Instant started, long fromStep, int steps, int seed)
      throws IOException {
    String query =
        """
        SELECT row, step, make_timestamptz(%d + step * %d) AS time, name,
          CASE WHEN name = 'train/loss' AND step = 54321 THEN 25.0
               WHEN name = 'grad/norm' AND step %% 977 = 13 THEN 'nan'::DOUBLE
               WHEN name = 'grad/norm' AND step %% 4999 = 13 THEN 'inf'::DOUBLE
               WHEN name = 'train/loss' THEN 2.3 * exp(-step / 9000.0) + 0.05 + noise * 0.08
               WHEN name = 'val/loss' THEN 2.4 * exp(-step / 8000.0) + 0.12 + noise * 0.02
               WHEN name = 'val/accuracy' THEN 0.97 - 0.87 * exp(-step / 7000.0) + noise * 0.01
               WHEN name = 'grad/norm' THEN 1.5 + sin(step / 700.0) + noise
               ELSE 0.001 * (1 + cos(step / 20000.0)) END::FLOAT::DOUBLE AS value
        FROM (
          SELECT %d + i AS row, (%d + i) // 5 AS step,
            ['train/loss', 'val/loss', 'val/accuracy', 'grad/norm', 'lr'][i %% 5 + 1] AS name,
            (hash(%d + i, %d) %% 100000) / 50000.0 - 1 AS noise
          FROM range(%d) t(i))
        ORDER BY name, step, row
        """
            .formatted(
                started.toEpochMilli() * 1000,
                STEP_MICROS,
                fromStep * 5,
                fromStep * 5,
                fromStep * 5,
                seed,
                steps * 5L);
    ShardName name = new ShardName(fromStep * 5, (fromStep + steps) * 5 - 1);
    builder.shard(writer, Stream.METRICS, name, query);
  }

  private static void system(RootBuilder builder, WriterKey writer, Instant started)
      throws IOException {
    String query =
        """
        SELECT i AS row, NULL::BIGINT AS step,
          make_timestamptz(%d + (i // 2) * 10000000) AS time,
          ['cpu/percent', 'memory/used_bytes'][i %% 2 + 1] AS name,
          CASE WHEN i %% 2 = 0 THEN 50 + 40 * sin(i / 30.0) ELSE 8e9 + i * 1e6 END AS value
        FROM range(400) t(i)
        ORDER BY name, step, row
        """
            .formatted(started.toEpochMilli() * 1000);
    builder.shard(writer, Stream.SYSTEM, new ShardName(0, 399), query);
  }

  private static void console(RootBuilder builder, WriterKey writer, Instant started)
      throws IOException {
    String query =
        """
        SELECT i AS row, i * 10 AS step, make_timestamptz(%d + i * 200000) AS time,
          CASE WHEN i %% 50 = 49 THEN 'stderr' ELSE 'stdout' END AS source,
          CASE WHEN i %% 50 = 49 THEN 'Warning: <script>alert(1)</script> is text'
               ELSE 'epoch ' || i || chr(27) || '[32m ok' || chr(27) || '[0m' END AS line
        FROM range(2000) t(i)
        ORDER BY row
        """
            .formatted(started.toEpochMilli() * 1000);
    builder.shard(writer, Stream.CONSOLE, new ShardName(0, 1999), query);
  }

  /** A run that has just begun; each call of the result publishes one more shard of it. */
  public Tick goOn() throws IOException, SQLException {
    RootBuilder builder = RootBuilder.at(root);
    Instant started = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String run = "live-" + started.getEpochSecond();
    WriterKey writer = writer(PROJECT, run, 0, started.toEpochMilli());
    builder.card(
        writer,
        started,
        card -> {
          card.put("name", run).put("host", "node-0").put("process_id", 77);
          card.putObject("config").put("lr", 0.002).put("width", 128);
        });
    ClusterRoot cluster = ClusterRoot.make(root, builder, started);
    return tick -> {
      metrics(builder, writer, started, tick * POINTS_PER_TICK, POINTS_PER_TICK, 9);
      cluster.tick(tick);
    };
  }

  /** Publishes one more shard. */
  public interface Tick {
    /** Publishes the shard of that number. */
    void publish(long number) throws IOException;
  }

  private static WriterKey writer(String project, String run, int rank, long random) {
    return new WriterKey(new RunKey(project, run), WriterId.of(rank, random));
  }
}
