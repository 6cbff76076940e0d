package io.ostraka.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ostraka.FlushSettings;
import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.drain.DrainSettings;
import io.ostraka.drain.Drainer;
import io.ostraka.drain.Spool;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.KeySet;
import io.ostraka.journal.TimeBase;
import io.ostraka.storage.local.LocalShardStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Journal to published shards: points a second on one thread, for a first million in a fresh
 * process and once warm, and bytes a point; beside DuckDB writing the same rows from memory,
 * sorted, to one Parquet file on one thread.
 *
 * <p>Arguments: the number of rounds, and {@code drain} to leave DuckDB out.
 */
public final class DrainBench {
  private static final int POINTS = 999_999;
  private static final long SHARD_POINTS = 300_000;
  private static final int RECORD_BYTES = 56;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private DrainBench() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws IOException, SQLException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 15;
    drain("first million of a fresh process, float32 values", true, 1);
    drain("warm, float32 values, 3 ms of jitter", true, rounds);
    drain("warm, full doubles, 3 ms of jitter", false, rounds);
    if (args.length < 2 || !args[1].equals("drain")) {
      duckDb(rounds);
    }
  }

  private static void drain(String what, boolean singles, int rounds) throws IOException {
    double[] seconds = new double[rounds];
    double[] busy = new double[rounds];
    long bytes = 0;
    for (int round = 0; round < rounds; round++) {
      Path folder = Folders.temporary();
      try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
        Spool spool = Spool.open(folder.resolve("spool"));
        WriterKey writer = writeJournal(store, spool, singles);
        long start = System.nanoTime();
        long startBusy = THREADS.getCurrentThreadCpuTime();
        drain(spool, writer);
        seconds[round] = (System.nanoTime() - start) / 1e9;
        busy[round] = (THREADS.getCurrentThreadCpuTime() - startBusy) / 1e9;
        bytes =
            store.list(writer.streamPrefix("metrics")).objects().stream()
                .mapToLong(object -> object.sizeBytes())
                .sum();
      }
      Folders.delete(folder);
    }
    print(what, seconds, busy, (double) bytes / POINTS);
  }

  private static void print(String what, double[] seconds, double[] busy, double pointBytes) {
    Arrays.sort(seconds);
    Arrays.sort(busy);
    System.out.printf(
        Locale.ROOT,
        "%-50s %6.2f M points/s (median of %d; best %.2f), %6.2f a second of processor time, %.2f bytes a point%n",
        what,
        POINTS / seconds[seconds.length / 2] / 1e6,
        seconds.length,
        POINTS / seconds[0] / 1e6,
        POINTS / busy[busy.length / 2] / 1e6,
        pointBytes);
  }

  private static WriterKey writeJournal(LocalShardStore store, Spool spool, boolean singles)
      throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    WriterKey writer = new WriterKey(new RunKey("bench", "run"), WriterId.of(0, random.nextLong()));
    store.prepare(writer.prefix());
    JournalHeader header =
        new JournalHeader(
            writer,
            store.root(),
            spool.id(),
            "",
            new TimeBase(System.currentTimeMillis(), 0),
            new FlushSettings(1.0, SHARD_POINTS / 3 * RECORD_BYTES),
            Duration.ofSeconds(10),
            JournalHeader.Progress.start(),
            JsonNodeFactory.instance.objectNode());
    AtomicLong ticks = new AtomicLong();
    JournalLimits limits = new JournalLimits(1L << 30, Duration.ZERO);
    try (JournalWriter journal =
        JournalWriter.create(spool.files(writer.writer()), header, limits, ticks::get)) {
      KeySet keySet = new KeySet(Stream.METRICS, List.of("train/loss", "train/accuracy", "lr"));
      for (int i = 0; i < POINTS / 3; i++) {
        ticks.addAndGet(100_000_000L + random.nextLong(3_000_000L));
        double a = random.nextDouble();
        double b = random.nextDouble();
        double c = random.nextDouble();
        if (singles) {
          journal.values3(keySet, i, (float) a, (float) b, (float) c);
        } else {
          journal.values3(keySet, i, a, b, c);
        }
      }
      journal.end("finished", Optional.empty());
    }
    return writer;
  }

  private static void drain(Spool spool, WriterKey writer) throws IOException {
    DrainSettings settings =
        new DrainSettings(
            root -> LocalShardStore.open(Path.of(root)),
            Clock.systemUTC(),
            System::nanoTime,
            new Semaphore(1));
    try (Drainer drainer =
        Drainer.open(spool.files(writer.writer()), settings, () -> false).orElseThrow()) {
      while (drainer.look() != Drainer.Outcome.GONE) {
        // goes on until the journal is gone
      }
    }
  }

  private static void duckDb(int rounds) throws IOException, SQLException {
    Path folder = Folders.temporary();
    Path file = folder.resolve("peer.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET threads = 1");
      statement.execute(
          """
          CREATE TABLE rows AS
          SELECT 3 * i + m AS row, i AS step,
                 make_timestamp(1700000000000000 + 1000 * (100 * i + (random() * 3)::BIGINT)) AS time,
                 ['lr', 'train/accuracy', 'train/loss'][m + 1] AS name,
                 random()::FLOAT::DOUBLE AS value
          FROM range(%d) AS steps(i), range(3) AS metrics(m)
          ORDER BY name, step, row
          """
              .formatted(POINTS / 3));
      double[] seconds = new double[rounds];
      double[] busy = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        Files.deleteIfExists(file);
        long start = System.nanoTime();
        long startBusy = THREADS.getCurrentThreadCpuTime();
        statement.execute(
            "COPY rows TO '%s' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
                .formatted(file));
        seconds[round] = (System.nanoTime() - start) / 1e9;
        busy[round] = (THREADS.getCurrentThreadCpuTime() - startBusy) / 1e9;
      }
      print(
          "DuckDB, rows in memory and sorted, not synced",
          seconds,
          busy,
          (double) Files.size(file) / POINTS);
    }
    Folders.delete(folder);
  }
}
