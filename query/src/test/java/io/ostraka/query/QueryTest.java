package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.query.smooth.Smoothing;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final WriterKey ONE = writer("one", 0, 1);

  @TempDir Path folder;
  private Path root;
  private RootBuilder builder;
  private ShardStore store;
  private Query query;

  @BeforeEach
  void open() throws IOException, SQLException {
    root = folder.resolve("it's [a] root*?");
    builder = RootBuilder.at(root);
    store = LocalShardStore.open(root);
    query = Query.open(store, QuerySettings.defaults().withFreshness(Duration.ZERO));
  }

  @AfterEach
  void close() throws SQLException {
    query.close();
    store.close();
    builder.close();
  }

  private static WriterKey writer(String run, int rank, long random) {
    return new WriterKey(new RunKey("p", run), WriterId.of(rank, random));
  }

  /** Rows of the metric m from one row number to another; step and value are the row number. */
  private static List<RootBuilder.Row> rows(long first, long last) {
    List<RootBuilder.Row> rows = new ArrayList<>();
    for (long row = first; row <= last; row++) {
      rows.add(new RootBuilder.Row(row, row, START.toEpochMilli() * 1000 + row * 1000, "m", row));
    }
    return rows;
  }

  private List<Double> values(WriterKey writer) throws IOException {
    return values(writer.run().run());
  }

  private List<Double> values(String run) throws IOException {
    Page<Point> page =
        query.points(
            new PointsRequest(
                "p", run, "m", Stream.METRICS, null, Axis.STEP, Range.all(), 100_000));
    return page.rows().stream().map(Point::value).toList();
  }

  private SeriesAnswer series(String run) throws IOException {
    return query.series(SeriesRequest.of("p", List.of(run), "m"));
  }

  private static long points(SeriesAnswer answer) {
    Bins bins = answer.series().get(0).bins();
    return IntStream.range(0, bins.size()).mapToLong(bins::count).sum();
  }

  private static void damage(Path file, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    // Behind the magic number, before the footer: pages only.
    for (int i = 4; i < bytes.length / 3; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    Files.write(file, bytes);
  }

  @Test
  void namesADamagedShardAndShowsEverythingElse() throws IOException {
    builder.card(ONE, START, card -> {});
    builder.shard(ONE, Stream.METRICS, rows(0, 9));
    Path damaged = builder.shard(ONE, Stream.METRICS, rows(10, 19));
    builder.shard(ONE, Stream.METRICS, rows(20, 29));
    damage(damaged, new Random(1));
    SeriesAnswer answer = series("one");
    assertThat(answer.problems()).hasSize(1);
    assertThat(answer.problems().get(0).message())
        .startsWith("Cannot read project=p/run=one/")
        .contains("000000000010-000000000019.parquet")
        .hasLineCount(1);
    assertThat(answer.series().get(0).bins().size()).isEqualTo(20);
    assertThat(query.metrics("p", List.of(), Stream.METRICS).problems()).hasSize(1);
    assertThat(query.runs("p").get(0).problems()).hasSize(1);
  }

  @Test
  void readsTheSourcesOfADamagedMergedShardAgain() throws IOException {
    builder.card(ONE, START, card -> {});
    builder.shard(ONE, Stream.METRICS, rows(0, 9));
    builder.shard(ONE, Stream.METRICS, rows(10, 19));
    Path merged = builder.shard(ONE, Stream.METRICS, rows(0, 19));
    assertThat(values(ONE)).hasSize(20);
    damage(merged, new Random(2));
    assertThat(values(ONE)).hasSize(20);
    assertThat(series("one").problems()).hasSize(1);
  }

  @Test
  void survivesWhateverABitFlipDoes() throws IOException {
    long seed = Long.getLong("ostraka.seed", System.nanoTime());
    System.out.println("QueryTest: -Dostraka.seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      WriterKey writer = writer("flip-" + i, 0, i);
      builder.card(writer, START, card -> {});
      builder.shard(writer, Stream.METRICS, rows(0, 999));
      Path shard = builder.shard(writer, Stream.METRICS, rows(1000, 1999));
      byte[] bytes = Files.readAllBytes(shard);
      int at = 4 + random.nextInt(bytes.length - 12);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(shard, bytes);
      SeriesAnswer answer = series("flip-" + i);
      // A flip may also go unnoticed and change a value or a step; the other shard is whole.
      assertThat(points(answer)).isGreaterThanOrEqualTo(1000);
    }
    builder.card(ONE, START, card -> {});
    builder.shard(ONE, Stream.METRICS, rows(0, 9));
    assertThat(values(ONE)).hasSize(10);
  }

  @Test
  void aShardThatEndsDuckDbCostsNoOther() throws IOException, SQLException {
    builder.card(ONE, START, card -> {});
    builder.shard(ONE, Stream.METRICS, rows(0, 999));
    Path damaged = builder.shard(ONE, Stream.METRICS, rows(1000, 1999));
    DamagedShards.endDuckDb(damaged);
    SeriesAnswer answer = series("one");
    assertThat(points(answer)).isEqualTo(1000);
    assertThat(answer.problems())
        .singleElement()
        .satisfies(
            problem -> assertThat(problem.message()).contains("000000001000-").hasLineCount(1));
    assertThat(values(ONE)).hasSize(1000);
  }

  @Test
  void aShardThatEndsDuckDbCostsNoOtherQuery() throws Exception {
    int runs = 8;
    for (int i = 0; i < runs; i++) {
      WriterKey writer = writer("many-" + i, 0, i);
      builder.card(writer, START, card -> {});
      builder.shard(writer, Stream.METRICS, rows(0, 999));
      DamagedShards.endDuckDb(builder.shard(writer, Stream.METRICS, rows(1000, 1999)));
    }
    List<Callable<Long>> questions = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      String run = "many-" + i;
      questions.add(() -> points(series(run)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (Future<Long> answer : threads.invokeAll(questions, 60, TimeUnit.SECONDS)) {
        assertThat(answer.get()).isEqualTo(1000);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void listsAgainWhenAShardWasMergedMeanwhile() throws IOException {
    try (Query kept =
        Query.open(store, QuerySettings.defaults().withFreshness(Duration.ofHours(1)))) {
      builder.card(ONE, START, card -> {});
      Path first = builder.shard(ONE, Stream.METRICS, rows(0, 9));
      Path second = builder.shard(ONE, Stream.METRICS, rows(10, 19));
      SeriesRequest request = SeriesRequest.of("p", List.of("one"), "m");
      assertThat(kept.series(request).series().get(0).bins().size()).isEqualTo(20);
      builder.shard(ONE, Stream.METRICS, rows(0, 19));
      Files.delete(first);
      Files.delete(second);
      assertThat(kept.series(request).series().get(0).bins().size()).isEqualTo(20);
      assertThat(kept.series(request).problems()).isEmpty();
    }
  }

  @Test
  void readsEachRowOnceWhereShardsOverlap() throws IOException {
    builder.card(ONE, START, card -> {});
    builder.shard(ONE, Stream.METRICS, rows(0, 9));
    builder.shard(ONE, Stream.METRICS, rows(5, 14));
    assertThat(values(ONE)).hasSize(15).doesNotHaveDuplicates();
    Bins bins = series("one").series().get(0).bins();
    assertThat(bins.size()).isEqualTo(15);
    assertThat(bins.count(7)).isEqualTo(1);
    assertThat(query.metrics("p", List.of(), Stream.METRICS).metrics().get(0).count())
        .isEqualTo(15);
  }

  @Test
  void hidesWhatAResumedWriterReplaced() throws IOException {
    WriterKey resumed = writer("one", 0, 2);
    builder.card(ONE, START, card -> {});
    builder.shard(ONE, Stream.METRICS, rows(0, 19));
    builder.card(
        resumed,
        START.plusSeconds(60),
        card -> {
          card.put("resume_step", 10);
          card.putArray("supersedes").add(ONE.writer().text());
        });
    builder.shard(
        resumed,
        Stream.METRICS,
        List.of(
            new RootBuilder.Row(0, 10, START.toEpochMilli() * 1000, "m", -1),
            new RootBuilder.Row(1, 11, START.toEpochMilli() * 1000, "m", -2)));
    assertThat(values(ONE))
        .containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, -1.0, -2.0);
    Series series = series("one").series().get(0);
    assertThat(series.extent()).isEqualTo(new Extent(0, 11));
    assertThat(series.bins().size()).isEqualTo(12);
    assertThat(series.bins().last(10)).isEqualTo(-1);
  }

  @Test
  void keepsASpikeOfOneStepInFewBins() throws IOException {
    builder.card(ONE, START, card -> {});
    String spike =
        """
        SELECT i AS row, i AS step, make_timestamptz(1795250000000000 + i * 1000) AS time,
               'm' AS name, CASE WHEN i = 54321 THEN 99.5 ELSE 0.5 END AS value
        FROM range(100000) t(i) ORDER BY name, step, row
        """;
    builder.shard(ONE, Stream.METRICS, new ShardName(0, 99_999), spike);
    SeriesAnswer answer = series("one");
    assertThat(answer.width()).isEqualTo(100);
    Bins bins = answer.series().get(0).bins();
    assertThat(bins.size()).isEqualTo(1000);
    assertThat(bins.max(543)).isEqualTo(99.5f);
    assertThat(bins.max(542)).isEqualTo(0.5f);
  }

  @Test
  void smoothsManyPointsInTheirOrder() throws IOException {
    builder.card(ONE, START, card -> {});
    String slope =
        """
        SELECT i AS row, i AS step, make_timestamptz(1795250000000000 + i * 1000) AS time,
               'm' AS name, i::DOUBLE AS value
        FROM range(400000) t(i) ORDER BY name, step, row
        """;
    builder.shard(ONE, Stream.METRICS, new ShardName(0, 399_999), slope);
    SeriesOptions options =
        new SeriesOptions(
            null, null, Reduction.BINS, false, false, Smoothing.parse("mean:3"), null);
    SeriesRequest request =
        new SeriesRequest(
            "p",
            List.of("one"),
            List.of("m"),
            Stream.METRICS,
            Axis.STEP,
            new Range(BigDecimal.valueOf(1), BigDecimal.valueOf(399_998)),
            400,
            Ranks.MERGE,
            options,
            null);
    // The order that many rows come in is a matter of which thread is the quicker one.
    for (int attempt = 0; attempt < 8; attempt++) {
      Bins bins = query.series(request).series().get(0).bins();
      for (int i = 0; i < bins.size(); i++) {
        assertThat(bins.min(i)).isEqualTo(Math.max(1, 1000 * i));
        assertThat(bins.max(i)).isEqualTo(Math.min(399_998, 1000 * i + 999));
      }
    }
  }

  @Test
  void takesStepsFromOneEndOf64BitsToTheOther() throws IOException {
    builder.card(ONE, START, card -> {});
    List<RootBuilder.Row> rows = new ArrayList<>();
    long[] steps = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE};
    for (int i = 0; i < steps.length; i++) {
      rows.add(new RootBuilder.Row(i, steps[i], START.toEpochMilli() * 1000, "m", i));
    }
    builder.shard(ONE, Stream.METRICS, rows);
    assertThat(points(series("one"))).isEqualTo(steps.length);
  }

  @Test
  void aFormulaKeepsStepsThatDoublesDoNotTellApart() throws IOException {
    builder.card(ONE, START, card -> {});
    List<RootBuilder.Row> rows = new ArrayList<>();
    long first = (1L << 62) + 1;
    for (int i = 0; i < 1000; i++) {
      rows.add(new RootBuilder.Row(i, first + i, START.toEpochMilli() * 1000, "m", i));
    }
    builder.shard(ONE, Stream.METRICS, rows);
    SeriesAnswer answer = query.series(SeriesRequest.of("p", List.of("one"), "=m * 2"));
    assertThat(points(answer)).isEqualTo(1000);
    assertThat(answer.series().get(0).extent()).isEqualTo(new Extent(first, first + 999));
  }

  @Test
  void saysWhichNamesComeNear() throws IOException {
    builder.card(ONE, START, card -> {});
    builder.shard(ONE, Stream.METRICS, rows(0, 9));
    assertThatThrownBy(() -> query.runs("q"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("No project \"q\"; the nearest names are \"p\"");
    assertThatThrownBy(() -> series("on"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("No run \"on\" in project \"p\"; the nearest names are \"one\"");
    assertThatThrownBy(() -> query.series(SeriesRequest.of("p", List.of("one"), "M2")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("No metric \"M2\" in these runs; the nearest names are \"m\"");
  }

  @Test
  void leavesOutWhatNoRunHasAlsoBesideAnotherMetricAsAxis() throws IOException {
    builder.card(ONE, START, card -> {});
    builder.shard(ONE, Stream.METRICS, rows(0, 9));
    SeriesAnswer answer = query.series(over("m", "m", "M2", "=m + nope", "=2 * m"));
    assertThat(answer.series()).extracting(Series::metric).containsExactly("m", "=2 * m");
    assertThatThrownBy(() -> query.series(over("m", "M2", "=m + nope")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageStartingWith("No metric \"M2\", \"nope\" in these runs; the nearest");
    assertThatThrownBy(() -> query.series(over("x", "m")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageStartingWith("No metric \"x\" in these runs; the nearest names are \"m\"");
  }

  private static SeriesRequest over(String xMetric, String... metrics) {
    return new SeriesRequest(
        "p",
        List.of("one"),
        List.of(metrics),
        Stream.METRICS,
        Axis.STEP,
        Range.all(),
        10,
        Ranks.MERGE,
        new SeriesOptions(xMetric, null, Reduction.BINS, false, false, null, null),
        null);
  }

  @Test
  void givesTheNewestConsoleLinesAndThoseAfterARow() throws IOException {
    builder.card(ONE, START, card -> {});
    String lines =
        """
        SELECT i AS row, NULL::BIGINT AS step, make_timestamptz(1795250000000000 + i) AS time,
               'stdout' AS source, 'Line ' || i AS line
        FROM range(100) t(i) ORDER BY row
        """;
    builder.shard(ONE, Stream.CONSOLE, new ShardName(0, 99), lines);
    Page<ConsoleLine> newest = query.console(new ConsoleRequest("p", "one", null, null, "", 3));
    assertThat(newest.rows()).extracting(ConsoleLine::row).containsExactly(97L, 98L, 99L);
    assertThat(newest.more()).isTrue();
    Page<ConsoleLine> after =
        query.console(new ConsoleRequest("p", "one", ONE.writer(), 97L, "", 100));
    assertThat(after.rows()).extracting(ConsoleLine::line).containsExactly("Line 98", "Line 99");
    assertThat(after.more()).isFalse();
    Page<ConsoleLine> found =
        query.console(new ConsoleRequest("p", "one", null, null, "LINE 5", 100));
    assertThat(found.rows()).hasSize(11);
  }

  @Test
  void ignoresForeignFiles() throws IOException {
    builder.card(ONE, START, card -> {});
    Path shard = builder.shard(ONE, Stream.METRICS, rows(0, 9));
    Files.writeString(shard.resolveSibling("notes.parquet"), "not a shard");
    Files.writeString(root.resolve("README.txt"), "hello");
    Files.createDirectories(root.resolve("project=p/lost+found"));
    assertThat(series("one").problems()).isEmpty();
    assertThat(values(ONE)).hasSize(10);
  }
}
