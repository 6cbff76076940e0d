package io.ostraka.shard;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rows of a writer as one shard, and the same rows split at random into several. */
final class RandomShards {
  private static final List<String> NAMES =
      List.of("a", "größe/🎉", "loss", "train/loss", "train/Loss", "z");

  private final Path folder;
  private final Stream stream;
  private final Random random;
  private final NameTable names = new NameTable();
  private final List<ShardMerger.Source> split = new ArrayList<>();
  private final RowBuffer all;
  private final long first;
  private final boolean ascending;

  RandomShards(Path folder, Stream stream, long seed) throws IOException {
    this(folder, stream, seed, 0, 0);
  }

  /** Some rows in some shards; 0 for a number that is up to the seed. */
  RandomShards(Path folder, Stream stream, long seed, int rows, int shards) throws IOException {
    this.folder = folder;
    this.stream = stream;
    this.random = new Random(seed);
    this.all = new RowBuffer(stream, names);
    this.first = random.nextInt(3) * 100L;
    this.ascending = random.nextBoolean();
    int count = rows > 0 ? rows : 1 + random.nextInt(3000);
    int parts = shards > 0 ? shards : 1 + random.nextInt(20);
    int from = 0;
    for (int part = 0; part < parts; part++) {
      int left = count - from;
      int some = part == parts - 1 ? left : Math.min(left, random.nextInt(2 * count / parts + 1));
      if (some > 0) {
        write(part, from, some);
        from += some;
      }
    }
  }

  /** The shard of all rows. */
  Path whole() throws IOException {
    Path file = folder.resolve("whole");
    try (ShardWriter writer = new ShardWriter()) {
      writer.write(file, ShardMergerTest.WRITER.writer(), first, all);
    }
    return file;
  }

  /** The shards that the rows were split into. */
  List<ShardMerger.Source> split() {
    return split;
  }

  ShardName name() {
    return new ShardName(first, first + all.size() - 1);
  }

  private void write(int part, int from, int count) throws IOException {
    RowBuffer rows = new RowBuffer(stream, names);
    for (int i = 0; i < count; i++) {
      addRow(rows, from + i);
    }
    Path file = folder.resolve("part-" + part);
    try (ShardWriter writer = new ShardWriter()) {
      split.add(
          new ShardMerger.Source(
              file, writer.write(file, ShardMergerTest.WRITER.writer(), first + from, rows)));
    }
  }

  private void addRow(RowBuffer rows, int row) {
    boolean hasStep = stream.stepRequired() || random.nextInt(5) > 0;
    long step = ascending ? row / 3 : random.nextInt(50) - 10;
    long time = 1_795_250_000_000_000L + row * 1000L + random.nextInt(3) * 1000L;
    List<Object> cells = cells();
    rows.addRow(hasStep, hasStep ? step : 0, time, cells);
    all.addRow(hasStep, hasStep ? step : 0, time, cells);
  }

  private List<Object> cells() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    return switch (stream) {
      case METRICS, SYSTEM -> List.of(utf8(name), value());
      case TEXTS -> List.of(utf8(name), utf8("härter 🎉".repeat(random.nextInt(20))));
      case CONSOLE -> List.of(utf8(random.nextBoolean() ? "stdout" : "stderr"), utf8("line"));
    };
  }

  private double value() {
    return switch (random.nextInt(8)) {
      case 0 -> Double.NaN;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> -0.0;
      default -> random.nextGaussian();
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
