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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes a run of one metric of many points in a process of its own, without logging them: merged
 * shards of the size that merging leads to, with their roll-ups; or small ones that nobody merged.
 */
public final class ManyPoints {
  static final String PROJECT = "bench";
  static final String METRIC = "loss";

  private static final int PART_ROWS = 1 << 22;

  /** Sixteen parts are a shard of some 220 MB, near the limit of merges. */
  private static final int PARTS = 16;

  private static final long START_MICROS = 1_795_250_000_000_000L;

  private final Path root;
  private final WriterKey writer;
  private final NameTable names = new NameTable();
  private final int[] keySet = {names.number(METRIC)};
  private final ByteBuffer value = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
  private final SplittableRandom random = new SplittableRandom(7);

  private ManyPoints(Path root, String run) {
    this.root = root;
    this.writer = new WriterKey(new RunKey(PROJECT, run), WriterId.of(0, 7));
  }

  /**
   * Makes a run.
   *
   * @param shards how many shards of the same length; 0 for merged ones
   */
  static void make(Path root, String run, long points, int shards)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ManyPoints.class.getName(),
                root.toString(),
                run,
                Long.toString(points),
                Integer.toString(shards))
            .inheritIO()
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("Cannot make a run of %,d points".formatted(points));
    }
  }

  /** Shows the same shards once more, as another run. */
  static void link(Path root, String from, String to) throws IOException {
    Path source = root.resolve(new RunKey(PROJECT, from).prefix());
    Path target = root.resolve(new RunKey(PROJECT, to).prefix());
    try (var files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path there = target.resolve(source.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(there);
        } else {
          Files.createLink(there, file);
        }
      }
    }
  }

  /** Makes the run that the arguments say: root, run, points, shards. */
  public static void main(String[] arguments) throws IOException {
    ManyPoints run = new ManyPoints(Path.of(arguments[0]), arguments[1]);
    run.write(Long.parseLong(arguments[2]), Integer.parseInt(arguments[3]));
  }

  private void write(long points, int shards) throws IOException {
    Files.createDirectories(folder(writer.streamPrefix(Stream.METRICS.folder())));
    try (ShardWriter writing = new ShardWriter()) {
      if (shards == 0) {
        for (long first = 0; first < points; first += (long) PARTS * PART_ROWS) {
          merged(writing, first, Math.min(points, first + (long) PARTS * PART_ROWS));
        }
      } else {
        for (long first = 0; first < points; first += points / shards) {
          ShardName name = new ShardName(first, first + points / shards - 1);
          part(writing, folder(writer.shardKey(Stream.METRICS.folder(), name)), name);
        }
      }
    }
    String card =
        "{\"format\":1,\"state\":\"finished\",\"started_at\":\"2026-11-21T10:00:00Z\",\"rows\":{\"metrics\":%d}}"
            .formatted(points);
    Files.write(folder(writer.endKey()), card.getBytes(StandardCharsets.UTF_8));
  }

  private void merged(ShardWriter writing, long from, long to) throws IOException {
    Path scratch = Folders.temporary();
    try (ShardMerger merger = new ShardMerger()) {
      List<ShardMerger.Source> parts = new ArrayList<>();
      for (long first = from; first < to; first += PART_ROWS) {
        ShardName name = new ShardName(first, Math.min(to, first + PART_ROWS) - 1);
        Path file = scratch.resolve(name.format());
        part(writing, file, name);
        parts.add(new ShardMerger.Source(file, name));
      }
      ShardName name = new ShardName(from, to - 1);
      Path rollup = folder(writer.rollupKey(Stream.METRICS.folder(), name));
      Files.createDirectories(rollup.resolveSibling("."));
      merger.merge(
          folder(writer.shardKey(Stream.METRICS.folder(), name)),
          writer,
          Stream.METRICS,
          parts,
          rollup,
          RollupRule.usual());
    } finally {
      Folders.delete(scratch);
    }
  }

  private void part(ShardWriter writing, Path file, ShardName name) throws IOException {
    RowBuffer rows = new RowBuffer(Stream.METRICS, names);
    for (long row = name.first(); row <= name.last(); row++) {
      value.putDouble(0, (float) random.nextDouble());
      rows.addSeries(keySet, true, row, START_MICROS + 100_000 * row, value.array(), 0);
    }
    writing.write(file, writer.writer(), name.first(), rows);
  }

  private Path folder(String key) {
    return root.resolve(key);
  }
}
