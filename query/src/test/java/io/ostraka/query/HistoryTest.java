package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.FlakyShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of runs that were resumed, rewound, forked and compacted, case by case. */
final class HistoryTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final WriterKey PARENT = writer("parent", 0, 1);
  private static final WriterKey CHILD = writer("child", 0, 2);

  @TempDir Path folder;
  private RootBuilder builder;
  private FlakyShardStore store;
  private Query query;

  @BeforeEach
  void open() throws IOException, SQLException {
    builder = RootBuilder.at(folder);
    store = new FlakyShardStore(LocalShardStore.open(folder));
    query = Query.open(store, QuerySettings.defaults().withFreshness(Duration.ZERO));
  }

  @AfterEach
  void close() throws SQLException {
    query.close();
    store.close();
    builder.close();
  }

  @Test
  void aForkDrawsItsParentBelowTheForkInMetricsAndTextsAndNothingElse() throws IOException {
    fork(10);
    builder.shard(PARENT, Stream.METRICS, rows(0, 19));
    texts(PARENT, 20);
    console(PARENT);
    builder.shard(CHILD, Stream.METRICS, rows(0, 4, 10));
    console(CHILD);
    assertThat(values("child")).isEqualTo(IntStream.range(0, 15).boxed().toList());
    assertThat(values("parent")).hasSize(20);
    MetricsAnswer metrics = query.metrics("p", List.of("child"), Stream.METRICS);
    assertThat(metrics.metrics()).hasSize(1);
    assertThat(metrics.metrics().get(0).count()).isEqualTo(15);
    assertThat(query.texts(new TextsRequest("p", "child", null, 100)).rows()).hasSize(10);
    assertThat(query.console(new ConsoleRequest("p", "child", null, null, "", 100)).rows())
        .extracting(ConsoleLine::writer)
        .containsOnly(CHILD.writer());
    MetricSummary summary = query.summary("p", "child").rows().get(0);
    assertThat(summary).isEqualTo(new MetricSummary("m", 0.0, 14, 0, 14, 7, 15));
  }

  @Test
  void aForkShowsParentsPointsAlsoWhileItHasNoneOfItsOwn() throws IOException {
    fork(10);
    builder.shard(PARENT, Stream.METRICS, rows(0, 19));
    SeriesAnswer both = query.series(SeriesRequest.of("p", List.of("child", "parent"), "m"));
    assertThat(both.series()).extracting(Series::run).containsExactly("child", "parent");
    assertThat(both.series()).extracting(one -> one.bins().size()).containsExactly(10, 20);
  }

  @Test
  void aRankOfAForkGoesOnFromItsParentsRankAndOneThatIsGoneEndsThere() throws IOException {
    WriterKey one = writer("parent", 1, 3);
    fork(10);
    builder.card(one, START, card -> {});
    builder.shard(PARENT, Stream.METRICS, rows(0, 19));
    builder.shard(one, Stream.METRICS, rows(0, 19));
    builder.shard(CHILD, Stream.METRICS, rows(0, 4, 10));
    List<Series> series = query.series(each("child", null)).series();
    assertThat(series).extracting(Series::writer).containsExactly(CHILD.writer(), one.writer());
    assertThat(series.get(0).writers()).containsExactly(CHILD.writer(), PARENT.writer());
    assertThat(series).extracting(line -> line.bins().size()).containsExactly(15, 10);
  }

  @Test
  void aSummaryComesFromTheLastCardUnlessPointsAreHidden() throws IOException {
    builder.end(
        PARENT,
        START,
        card ->
            card.putObject("metrics")
                .putObject("m")
                .put("last", "NaN")
                .put("min", 1)
                .put("max", 2)
                .put("mean", 1.5)
                .put("count", 3));
    builder.shard(PARENT, Stream.METRICS, rows(0, 19));
    assertThat(query.summary("p", "parent").rows())
        .containsExactly(new MetricSummary("m", null, Double.NaN, 1, 2, 1.5, 3));
    WriterKey resumed = writer("parent", 0, 9);
    builder.card(
        resumed,
        START.plusSeconds(60),
        card -> {
          card.put("resume_step", 5);
          card.putArray("supersedes").add(PARENT.writer().text());
        });
    assertThat(query.summary("p", "parent").rows())
        .containsExactly(new MetricSummary("m", 0.0, 4, 0, 4, 2, 5));
  }

  @Test
  void whatIsHeldIsGivenAnewWhenAResumeHidesSomeOfIt() throws IOException {
    builder.card(PARENT, START, card -> {});
    builder.shard(PARENT, Stream.METRICS, rows(0, 19));
    SeriesAnswer held = query.series(each("parent", null));
    assertThat(query.series(each("parent", held)).whole()).isFalse();
    builder.card(
        writer("parent", 0, 9),
        START.plusSeconds(60),
        card -> {
          card.put("resume_step", 5);
          card.putArray("supersedes").add(PARENT.writer().text());
        });
    SeriesAnswer after = query.series(each("parent", held));
    assertThat(after.whole()).isTrue();
    assertThat(after.series().get(0).bins().size()).isEqualTo(5);
  }

  @Test
  void rowsThatComeIntoAGapBelowTheWatermarkAreTaken() throws IOException {
    builder.card(PARENT, START, card -> {});
    builder.shard(PARENT, Stream.METRICS, rows(0, 4));
    builder.shard(PARENT, Stream.METRICS, rows(10, 14));
    SeriesAnswer held = query.series(each("parent", null));
    assertThat(held.series().get(0).bins().size()).isEqualTo(10);
    builder.shard(PARENT, Stream.METRICS, rows(5, 9));
    SeriesAnswer after = query.series(each("parent", held));
    assertThat(after.whole()).isTrue();
    assertThat(after.series().get(0).bins().size()).isEqualTo(15);
  }

  @Test
  void anOpenPageReadsOneFooterWhenAMergedShardReplacesItsSources() throws IOException {
    builder.card(PARENT, START, card -> {});
    List<Path> sources = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      sources.add(builder.shard(PARENT, Stream.METRICS, rows(i * 10L, i * 10L + 9)));
    }
    SeriesAnswer held = query.series(each("parent", null));
    for (Path source : sources) {
      Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(60)));
    }
    query.series(each("parent", held)); // Footers of shards that have settled are kept.
    Path merged = builder.shard(PARENT, Stream.METRICS, rows(0, 499));
    Files.setLastModifiedTime(merged, FileTime.from(Instant.now().minusSeconds(60)));
    for (Path source : sources) {
      Files.delete(source);
    }
    int before = store.calls().size();
    SeriesAnswer after = query.series(each("parent", held));
    assertThat(after.whole()).isFalse();
    assertThat(after.series().get(0).bins().size()).isZero();
    assertThat(query.metrics("p", List.of(), Stream.METRICS).metrics().get(0).count())
        .isEqualTo(500);
    List<String> calls = store.calls();
    assertThat(calls.subList(before, calls.size()))
        .filteredOn(call -> call.startsWith("open"))
        .containsExactly("open " + PARENT.shardKey("metrics", new ShardName(0, 499)));
    assertThat(query.summariesKept()).isEqualTo(1);
  }

  private void fork(long step) throws IOException {
    builder.card(PARENT, START, card -> {});
    builder.card(
        CHILD,
        START.plusSeconds(60),
        card -> card.put("fork_run", "parent").put("fork_step", step));
  }

  private static WriterKey writer(String run, int rank, long random) {
    return new WriterKey(new RunKey("p", run), WriterId.of(rank, random));
  }

  private static List<RootBuilder.Row> rows(long first, long last) {
    return rows(first, last, 0);
  }

  /** Rows of the metric m; step and value are the row number and some more. */
  private static List<RootBuilder.Row> rows(long first, long last, long more) {
    List<RootBuilder.Row> rows = new ArrayList<>();
    for (long row = first; row <= last; row++) {
      long micros = START.toEpochMilli() * 1000 + row * 1000;
      rows.add(new RootBuilder.Row(row, row + more, micros, "m", row + more));
    }
    return rows;
  }

  private void texts(WriterKey writer, int count) throws IOException {
    String rows =
        """
        SELECT i AS row, i AS step, make_timestamptz(1795250000000000 + i) AS time, 't' AS name,
               'said ' || i AS value
        FROM range(%d) t(i) ORDER BY name, step, row
        """
            .formatted(count);
    builder.shard(writer, Stream.TEXTS, new ShardName(0, count - 1L), rows);
  }

  private void console(WriterKey writer) throws IOException {
    String rows =
        """
        SELECT i AS row, i AS step, make_timestamptz(1795250000000000 + i) AS time,
               'stdout' AS source, 'line ' || i AS line
        FROM range(5) t(i) ORDER BY row
        """;
    builder.shard(writer, Stream.CONSOLE, new ShardName(0, 4), rows);
  }

  private List<Integer> values(String run) throws IOException {
    Page<Point> page =
        query.points(
            new PointsRequest(
                "p", run, "m", Stream.METRICS, null, Axis.STEP, Range.all(), 100_000));
    return page.rows().stream().map(point -> (int) point.value()).toList();
  }

  private static SeriesRequest each(String run, @Nullable SeriesAnswer held) {
    return new SeriesRequest(
        "p",
        List.of(run),
        List.of("m"),
        Stream.METRICS,
        Axis.STEP,
        Range.all(),
        1000,
        Ranks.EACH,
        SeriesOptions.plain(),
        held == null ? null : new SeriesRequest.Held(held.width(), held.progress()));
  }
}
