package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RollupRule;
import io.ostraka.shard.RowBuffer;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small shards read without DuckDB, beside the same by DuckDB. */
class SmallShardsTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final WriterKey WRITER = new WriterKey(new RunKey("p", "one"), WriterId.of(0, 1));
  private static final List<String> METRICS = List.of("a", "cpu/0", "ü 🏺");

  @TempDir Path root;
  private RootBuilder builder;
  private ShardStore store;
  private Query own;
  private Query byDuckDb;

  @BeforeEach
  void open() throws Exception {
    builder = RootBuilder.at(root);
    store = LocalShardStore.open(root);
    own = open(Duration.ZERO, SmallShards.USUALLY_KEPT);
    byDuckDb = open(Duration.ZERO, 0);
    builder.card(WRITER, START, card -> {});
  }

  private Query open(Duration freshness, long pointsKept) {
    QuerySettings settings = QuerySettings.defaults().withFreshness(freshness);
    return Query.open(store, settings, RollupRule.usual(), pointsKept);
  }

  @AfterEach
  void close() throws Exception {
    byDuckDb.close();
    own.close();
    store.close();
    builder.close();
  }

  private void systemShard(Random random, long first, int count) throws IOException {
    RowBuffer rows = new RowBuffer(Stream.SYSTEM, new NameTable());
    for (long row = first; row < first + count; row++) {
      byte[] name = METRICS.get(random.nextInt(METRICS.size())).getBytes(StandardCharsets.UTF_8);
      boolean hasStep = random.nextInt(3) > 0;
      double value = random.nextInt(10) == 0 ? Double.NaN : random.nextGaussian();
      long micros = START.toEpochMilli() * 1000 + row * 1000;
      rows.addRow(hasStep, hasStep ? row / 3 - 20 : 0, micros, List.of(name, value));
    }
    builder.ownShard(WRITER, first, rows);
  }

  private static SeriesRequest request(Stream stream, Axis axis, Range range, String metric) {
    return new SeriesRequest(
        "p",
        List.of("one"),
        List.of(metric),
        stream,
        axis,
        range,
        40,
        Ranks.MERGE,
        SeriesOptions.plain(),
        null);
  }

  private static List<String> bins(Query query, SeriesRequest request) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Series series : query.series(request).series()) {
      Bins bins = series.bins();
      for (int i = 0; i < bins.size(); i++) {
        lines.add(
            "%d: %d %d %s %s %s"
                .formatted(
                    bins.number(i),
                    bins.count(i),
                    bins.nonFinite(i),
                    bins.min(i),
                    bins.max(i),
                    bins.last(i)));
      }
    }
    return lines;
  }

  private void assertSame(Stream stream, Axis axis, Range range) throws IOException {
    for (String metric : METRICS) {
      SeriesRequest request = request(stream, axis, range, metric);
      List<String> expected = bins(byDuckDb, request);
      assertThat(bins(own, request)).as(request.toString()).isEqualTo(expected).isNotEmpty();
      assertThat(bins(own, request)).as("kept").isEqualTo(expected);
    }
  }

  @Test
  void pointsWithoutAStepAreOnAxesOfTimeAlone() throws IOException {
    Random random = new Random(1);
    systemShard(random, 0, 700);
    systemShard(random, 700, 1300);
    assertThat(own.metrics("p", List.of(), Stream.SYSTEM))
        .isEqualTo(byDuckDb.metrics("p", List.of(), Stream.SYSTEM));
    for (Axis axis : Axis.values()) {
      assertSame(Stream.SYSTEM, axis, Range.all());
    }
    assertSame(Stream.SYSTEM, Axis.STEP, new Range(number(-7), number(123)));
    assertSame(Stream.SYSTEM, Axis.RELATIVE, new Range(number(101), number(1207)));
  }

  private static BigDecimal number(long value) {
    return BigDecimal.valueOf(value);
  }

  @Test
  void stepsAtTheEndsOfWhatSixtyFourBitsHoldAreCounted() throws IOException {
    List<RootBuilder.Row> rows = new ArrayList<>();
    long[] steps = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, Long.MAX_VALUE - 1, Long.MAX_VALUE};
    for (String metric : METRICS) {
      for (long step : steps) {
        long micros = START.toEpochMilli() * 1000;
        rows.add(new RootBuilder.Row(rows.size(), step, micros, metric, rows.size()));
      }
    }
    builder.ownShard(WRITER, Stream.METRICS, rows);
    assertSame(Stream.METRICS, Axis.STEP, Range.all());
  }

  @Test
  void whateverABitFlipDoesTheAnswerIsRightOrThatOfDuckDb() throws IOException {
    Random random = new Random(2);
    SeriesRequest request = request(Stream.METRICS, Axis.STEP, Range.all(), "a");
    Path file = builder.ownShard(WRITER, Stream.METRICS, rows(0, 999));
    byte[] whole = Files.readAllBytes(file);
    builder.ownShard(WRITER, Stream.METRICS, rows(1000, 1099));
    List<String> right = bins(byDuckDb, request);
    for (int round = 0; round < 30; round++) {
      byte[] bytes = whole.clone();
      bytes[4 + random.nextInt(bytes.length / 3)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
      assertThat(bins(own, request)).isIn(right, bins(byDuckDb, request));
    }
  }

  @Test
  void aShardThatWasMergedAndRemovedMeanwhileIsReadFromTheMergedOne() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (long first = 0; first < 50; first += 10) {
      sources.add(builder.ownShard(WRITER, Stream.METRICS, rows(first, first + 9)));
    }
    try (Query late = open(Duration.ofHours(1), SmallShards.USUALLY_KEPT)) {
      assertThat(late.runs("p")).hasSize(1);
      builder.ownShard(WRITER, Stream.METRICS, rows(0, 49));
      for (Path source : sources) {
        Files.delete(source);
      }
      SeriesRequest request = request(Stream.METRICS, Axis.STEP, Range.all(), "a");
      assertThat(bins(late, request)).isEqualTo(bins(byDuckDb, request)).isNotEmpty();
    }
  }

  private static List<RootBuilder.Row> rows(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(
            row ->
                new RootBuilder.Row(
                    row, row, START.toEpochMilli() * 1000 + row * 1000, "a", row / 7.0))
        .toList();
  }
}
