package io.ostraka.bench;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RollupRule;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.ShardMerger;
import io.ostraka.shard.ShardWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Merging shards on one thread: rows a second of processor time and megabytes of sources a second,
 * for one block of 16 shards of 131,072 rows and for the last merge of a run of ten million points;
 * beside DuckDB copying the same files, sorted, to one on one thread.
 *
 * <p>Arguments: the number of rounds, and {@code -} to leave DuckDB out (it needs more memory than
 * an agent has).
 */
public final class CompactBench {
  private static final int METRICS = 8;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final WriterKey WRITER =
      new WriterKey(new RunKey("bench", "run"), WriterId.of(0, 7));

  private CompactBench() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws IOException, SQLException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    boolean duckDb = args.length < 2;
    bench("a block of 16 shards of 131,072 rows", 16, 131_072, rounds, duckDb);
    bench("the last merge of 10 M points, 77 shards", 77, 131_072, Math.max(1, rounds / 3), duckDb);
    bench("ten seconds each: 100 shards of 10,000 rows", 100, 10_000, rounds, duckDb);
  }

  private static void bench(String what, int shards, int rows, int rounds, boolean duckDb)
      throws IOException, SQLException {
    Path folder = Folders.temporary();
    List<ShardMerger.Source> sources = write(folder, shards, rows);
    Path merged = folder.resolve("merged");
    Speed speed = new Speed(what, sources);
    System.gc();
    for (int round = 0; round < rounds; round++) {
      speed.round(
          () -> {
            try (ShardMerger merger = new ShardMerger()) {
              merger.merge(merged, WRITER, Stream.METRICS, sources);
            }
          });
    }
    speed.print(Files.size(merged), peakHeap());
    Path rollup = folder.resolve("rollup");
    Speed both = new Speed("  with its roll-up", sources);
    for (int round = 0; round < rounds; round++) {
      both.round(
          () -> {
            try (ShardMerger merger = new ShardMerger()) {
              merger.merge(merged, WRITER, Stream.METRICS, sources, rollup, RollupRule.usual());
            }
          });
    }
    both.print(Files.exists(rollup) ? Files.size(rollup) : 0, peakHeap());
    if (duckDb) {
      duckDb(folder, sources, rounds);
    }
    Folders.delete(folder);
  }

  private static List<ShardMerger.Source> write(Path folder, int shards, int rows)
      throws IOException {
    NameTable names = new NameTable();
    int[] keySet = new int[METRICS];
    for (int i = 0; i < METRICS; i++) {
      keySet[i] = names.number("train/metric-" + i);
    }
    SplittableRandom random = new SplittableRandom(7);
    List<ShardMerger.Source> sources = new ArrayList<>();
    ByteBuffer values = ByteBuffer.allocate(8 * METRICS).order(ByteOrder.LITTLE_ENDIAN);
    long time = 1_795_250_000_000_000L;
    long first = 0;
    try (ShardWriter writer = new ShardWriter()) {
      for (int shard = 0; shard < shards; shard++) {
        RowBuffer buffer = new RowBuffer(Stream.METRICS, names);
        for (int i = 0; i < rows / METRICS; i++) {
          for (int metric = 0; metric < METRICS; metric++) {
            values.putDouble(8 * metric, (float) random.nextDouble());
          }
          time += 100_000 + 1000 * random.nextLong(3);
          buffer.addSeries(
              keySet, true, (first + buffer.size()) / METRICS, time, values.array(), 0);
        }
        Path file = folder.resolve("source-" + shard + ".parquet");
        ShardName name = writer.write(file, WRITER.writer(), first, buffer);
        sources.add(new ShardMerger.Source(file, name));
        first = name.last() + 1;
      }
    }
    return sources;
  }

  private static void duckDb(Path folder, List<ShardMerger.Source> sources, int rounds)
      throws SQLException, IOException {
    String files =
        sources.stream()
            .map(source -> "'" + source.file() + "'")
            .collect(Collectors.joining(", ", "[", "]"));
    Path merged = folder.resolve("duckdb.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET threads = 1");
      Speed speed = new Speed("  DuckDB, sorted by name, step, row", sources);
      for (int round = 0; round < rounds; round++) {
        Files.deleteIfExists(merged);
        speed.round(
            () ->
                statement.execute(
                    """
                    COPY (FROM read_parquet(%s) ORDER BY name, step, row) TO '%s'
                    (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)
                    """
                        .formatted(files, merged)));
      }
      speed.print(Files.size(merged), 0);
      Speed copy = new Speed("  DuckDB, copied in the order of the files", sources);
      for (int round = 0; round < rounds; round++) {
        Files.deleteIfExists(merged);
        copy.round(
            () ->
                statement.execute(
                    "COPY (FROM read_parquet(%s)) TO '%s' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)"
                        .formatted(files, merged)));
      }
      copy.print(Files.size(merged), 0);
    }
  }

  private static long peakHeap() {
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        peak += pool.getPeakUsage().getUsed();
        pool.resetPeakUsage();
      }
    }
    return peak;
  }

  private interface Work {
    void run() throws IOException, SQLException;
  }

  /** The rounds of one way to do it. */
  private static final class Speed {
    private final String what;
    private final long rows;
    private final long bytes;
    private final List<Double> seconds = new ArrayList<>();
    private final List<Double> busy = new ArrayList<>();

    Speed(String what, List<ShardMerger.Source> sources) throws IOException {
      this.what = what;
      long allRows = 0;
      long allBytes = 0;
      for (ShardMerger.Source source : sources) {
        allRows += source.name().rows();
        allBytes += Files.size(source.file());
      }
      this.rows = allRows;
      this.bytes = allBytes;
    }

    void round(Work work) throws IOException, SQLException {
      long start = System.nanoTime();
      long startBusy = THREADS.getCurrentThreadCpuTime();
      work.run();
      seconds.add((System.nanoTime() - start) / 1e9);
      busy.add((THREADS.getCurrentThreadCpuTime() - startBusy) / 1e9);
    }

    void print(long mergedBytes, long peakHeapBytes) {
      System.out.printf(
          Locale.ROOT,
          "%-48s first %5.2f s, then %5.2f M rows/s and %5.1f MB/s a second of processor time (%.2f M rows/s elapsed); %.1f -> %.1f MB%s%n",
          what,
          seconds.get(0),
          rows / median(busy) / 1e6,
          bytes / median(busy) / 1e6,
          rows / median(seconds) / 1e6,
          bytes / 1e6,
          mergedBytes / 1e6,
          peakHeapBytes == 0 ? "" : ", heap at most %.0f MB".formatted(peakHeapBytes / 1e6));
    }

    private static double median(List<Double> values) {
      double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      return sorted[sorted.length / 2];
    }
  }
}
