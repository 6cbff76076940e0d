package io.ostraka.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ShardFormatException;
import io.ostraka.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Roll-ups of random shards hold the bins that are made by hand. */
final class RollupTest {
  private static final long MOST_POINTS_A_METRIC = 3000;

  @TempDir Path folder;

  private record Point(long row, long step, long timeMicros, double value) {
    long position(RollupAxis axis) {
      return axis == RollupAxis.STEP ? step : timeMicros;
    }
  }

  private record Bin(
      long number, long count, long nonFinite, double min, double max, double last, long lastRow) {}

  /** A new one each time; -Dostraka.seed repeats one. */
  private static final long SEED = Long.getLong("ostraka.seed", System.nanoTime());

  @Test
  void binsEqualThoseMadeByHandWhateverTheRule() throws IOException {
    Random random = new Random(SEED);
    for (int turn = 0; turn < 60; turn++) {
      long seed = random.nextLong();
      Stream stream = turn % 3 == 0 ? Stream.SYSTEM : Stream.METRICS;
      RollupRule rule = rule(random);
      RandomShards shards = new RandomShards(folder, stream, seed);
      Path rollup = folder.resolve("rollup");
      boolean isThere = write(rollup, stream, shards, rule);
      Map<String, List<Point>> points = points(shards, stream);
      boolean isExpected = points.values().stream().anyMatch(one -> isWorthIt(one, rule));
      assertThat(isThere).as("-Dostraka.seed=%d, %s", SEED, rule).isEqualTo(isExpected);
      if (isThere) {
        check(rollup, stream, shards, points, rule);
      }
    }
  }

  private static RollupRule rule(Random random) {
    return new RollupRule(1 + random.nextInt(300), 1 + random.nextInt(20), 1 + random.nextInt(100));
  }

  private static boolean isWorthIt(List<Point> points, RollupRule rule) {
    return points.size() >= rule.leastPoints() && points.size() >= rule.pointsPerBin();
  }

  /* No bin reaches from one side of 0 to the other. */
  private static int leastBins(List<Point> points, RollupAxis axis) {
    boolean isAnyBelow = points.stream().anyMatch(point -> point.position(axis) < 0);
    boolean isAnyAbove = points.stream().anyMatch(point -> point.position(axis) >= 0);
    return isAnyBelow && isAnyAbove ? 2 : 1;
  }

  private static int mostBins(List<Point> points, RollupRule rule) {
    return Math.min(rule.mostBins(), points.size() / rule.pointsPerBin());
  }

  private static boolean write(Path target, Stream stream, RandomShards shards, RollupRule rule)
      throws IOException {
    Files.deleteIfExists(target);
    return RollupWriter.write(
        target, ShardMergerTest.WRITER, stream, shards.name(), shards.whole(), rule);
  }

  private static Map<String, List<Point>> points(RandomShards shards, Stream stream)
      throws IOException {
    Map<String, List<Point>> points = new TreeMap<>();
    try (ShardReader reader = ShardReader.open(shards.whole(), "the shard")) {
      while (reader.next()) {
        points
            .computeIfAbsent(reader.name(), name -> new ArrayList<>())
            .add(new Point(reader.row(), reader.step(), reader.timeMicros(), reader.real(1)));
      }
    }
    assertThat(stream.isSeries()).isTrue();
    assertThat(points.values()).allMatch(one -> one.size() <= MOST_POINTS_A_METRIC);
    return points;
  }

  private static void check(
      Path rollup,
      Stream stream,
      RandomShards shards,
      Map<String, List<Point>> points,
      RollupRule rule)
      throws IOException {
    try (RollupReader reader =
        RollupReader.open(rollup, ShardMergerTest.WRITER, stream, shards.name())) {
      for (Map.Entry<String, List<Point>> metric : points.entrySet()) {
        for (RollupAxis axis : RollupAxis.values()) {
          boolean isThere =
              isWorthIt(metric.getValue(), rule)
                  && (axis == RollupAxis.TIME || stream.stepRequired())
                  && leastBins(metric.getValue(), axis) <= mostBins(metric.getValue(), rule);
          Optional<RollupLevel> coarsest = reader.find(metric.getKey(), axis, 1_000_000_000_000L);
          assertThat(coarsest.isPresent())
              .as("%s of %s by %s", axis, metric, rule)
              .isEqualTo(isThere);
          for (long width : new long[] {1, 2, 10, 50, 100, 1000, 20_000, 1_000_000}) {
            reader
                .find(metric.getKey(), axis, width)
                .ifPresent(level -> check(level, width, metric.getValue(), axis, rule));
          }
          coarsest.ifPresent(
              level -> {
                assertThat(level.size()).isLessThanOrEqualTo(Math.max(10, rule.mostBins()));
                check(level, level.width(), metric.getValue(), axis, rule);
              });
        }
      }
      assertThat(reader.find("absent", RollupAxis.TIME, 1_000_000_000_000L)).isEmpty();
    }
  }

  private static void check(
      RollupLevel level, long width, List<Point> points, RollupAxis axis, RollupRule rule) {
    assertThat(width % level.width()).isZero();
    assertThat(level.size()).isLessThanOrEqualTo(points.size() / rule.pointsPerBin());
    assertThat(level.size()).isLessThanOrEqualTo(rule.mostBins());
    assertThat(level.points()).isEqualTo(points.size());
    Map<Long, List<Point>> byBin = new TreeMap<>();
    long positionsPerBin = level.width() * (axis == RollupAxis.TIME ? 1000 : 1);
    for (Point point : points) {
      long bin = Math.floorDiv(point.position(axis), positionsPerBin);
      byBin.computeIfAbsent(bin, number -> new ArrayList<>()).add(point);
    }
    List<Bin> expected = new ArrayList<>();
    byBin.forEach((number, inBin) -> expected.add(bin(number, inBin)));
    List<Bin> found = new ArrayList<>();
    for (int i = 0; i < level.size(); i++) {
      found.add(
          new Bin(
              level.bin(i),
              level.count(i),
              level.nonFinite(i),
              level.min(i),
              level.max(i),
              level.last(i),
              level.lastRow(i)));
      List<Point> inBin = byBin.getOrDefault(level.bin(i), List.of());
      double mean = finite(inBin).average().orElse(Double.NaN);
      assertThat(level.mean(i)).isCloseTo(mean, Offset.offset(1e-12));
    }
    assertThat(found).isEqualTo(expected);
  }

  private static Bin bin(long number, List<Point> points) {
    Point last = points.stream().max(Comparator.comparingLong(Point::row)).orElseThrow();
    return new Bin(
        number,
        points.size(),
        points.size() - finite(points).count(),
        finite(points).min().orElse(Double.NaN),
        finite(points).max().orElse(Double.NaN),
        last.value(),
        last.row());
  }

  private static java.util.stream.DoubleStream finite(List<Point> points) {
    return points.stream().mapToDouble(Point::value).filter(Double::isFinite);
  }

  @Test
  void oneMadeOnTheWayOfAMergeIsTheOneMadeOfTheShard() throws IOException {
    Random random = new Random(SEED);
    for (int turn = 0; turn < 20; turn++) {
      long seed = random.nextLong();
      RandomShards shards = new RandomShards(folder, Stream.METRICS, seed);
      RollupRule rule = rule(random);
      Path beside = folder.resolve("beside");
      try (ShardMerger merger = turn % 3 == 0 ? new ShardMerger(10_000) : new ShardMerger()) {
        merger.merge(
            folder.resolve("merged"),
            ShardMergerTest.WRITER,
            Stream.METRICS,
            shards.split(),
            beside,
            rule);
      }
      Path later = folder.resolve("later");
      boolean isThere = write(later, Stream.METRICS, shards, rule);
      assertThat(Files.exists(beside)).as("-Dostraka.seed=%d, %s", SEED, rule).isEqualTo(isThere);
      if (isThere) {
        assertThat(beside).hasSameBinaryContentAs(later);
      }
    }
  }

  @Test
  void oneOfManyPointsTakesLittleAndIsReadAtEveryWidth() throws IOException {
    RandomShards shards = new RandomShards(folder, Stream.METRICS, 7, 300_000, 1);
    Path rollup = folder.resolve("rollup");
    assertThat(write(rollup, Stream.METRICS, shards, RollupRule.usual())).isTrue();
    assertThat(Files.size(rollup)).isLessThan(Files.size(shards.whole()) / 10);
  }

  @Test
  void whereItCannotBeWrittenTheMergeIsMadeAllTheSame() throws IOException {
    RandomShards shards = new RandomShards(folder, Stream.METRICS, 3, 3000, 4);
    Path merged = folder.resolve("merged");
    Path nowhere = folder.resolve("absent/rollup");
    try (ShardMerger merger = new ShardMerger()) {
      merger.merge(
          merged,
          ShardMergerTest.WRITER,
          Stream.METRICS,
          shards.split(),
          nowhere,
          new RollupRule(1, 1, 1000));
    }
    assertThat(merged).hasSameBinaryContentAs(shards.whole());
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void whatIsDamagedIsRefusedAndNeverReadAsSomethingElse() throws IOException {
    Random random = new Random(SEED);
    RandomShards shards = new RandomShards(folder, Stream.METRICS, 5, 3000, 1);
    Path whole = folder.resolve("rollup");
    assertThat(write(whole, Stream.METRICS, shards, new RollupRule(1, 1, 1000))).isTrue();
    Map<String, List<Point>> points = points(shards, Stream.METRICS);
    byte[] bytes = Files.readAllBytes(whole);
    int refused = 0;
    for (int turn = 0; turn < 300; turn++) {
      byte[] damaged =
          turn % 10 == 0
              ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))
              : bytes.clone();
      if (damaged.length == bytes.length) {
        damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Path file = Files.write(folder.resolve("damaged"), damaged);
      try {
        checkWhatIsFound(file, shards, points);
      } catch (ShardFormatException e) {
        assertThat(e).hasMessageStartingWith("Cannot read project=p/run=r/_rollups/writer=");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  /* A flipped bit of a statistic may hide a level, which costs time and is no lie. */
  private static void checkWhatIsFound(
      Path file, RandomShards shards, Map<String, List<Point>> points) throws IOException {
    RollupRule rule = new RollupRule(1, 1, 1000);
    try (RollupReader reader =
        RollupReader.open(file, ShardMergerTest.WRITER, Stream.METRICS, shards.name())) {
      for (Map.Entry<String, List<Point>> metric : points.entrySet()) {
        for (RollupAxis axis : RollupAxis.values()) {
          for (long width : new long[] {1, 10, 100, 1000}) {
            reader
                .find(metric.getKey(), axis, width)
                .ifPresent(level -> check(level, width, metric.getValue(), axis, rule));
          }
        }
      }
    }
  }
}
