package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.catalog.CatalogFollower;
import io.ostraka.catalog.Problem;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.runs.TableAnswer;
import io.ostraka.query.runs.TableRequest;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Shards that were listed and are not to be had: everything else is in the answer, and that is
 * said.
 */
class LostShardsTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final WriterKey ONE = new WriterKey(new RunKey("p", "one"), WriterId.of(0, 1));
  private static final WriterKey TWO = new WriterKey(new RunKey("p", "two"), WriterId.of(0, 2));
  private static final List<String> BOTH = List.of("one", "two");
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path folder;
  private Path root;
  private RootBuilder builder;
  private ShardStore local;
  private DistantStore store;
  private Query far;
  private Query near;

  @BeforeEach
  void open() throws IOException, SQLException {
    root = folder.resolve("root");
    builder = RootBuilder.at(root);
    local = LocalShardStore.open(root);
    store = new DistantStore(local, folder);
    far = Query.open(store, QuerySettings.defaults());
    near = Query.open(local, QuerySettings.defaults().withFreshness(HOUR));
    builder.card(ONE, START, card -> {});
    builder.card(TWO, START, card -> {});
    shard(ONE, 0);
    shard(TWO, 0);
  }

  @AfterEach
  void close() throws SQLException {
    near.close();
    far.close();
    local.close();
    builder.close();
  }

  /** Ten rows of the metrics that all have, and of one that only this shard has. */
  private void shard(WriterKey writer, int number) throws IOException {
    builder.shard(
        writer,
        Stream.METRICS,
        name(number),
        """
        SELECT i AS row, i AS step, make_timestamptz(1795000000000000 + i) AS time,
               CASE WHEN i %% 10 = 9 THEN 'only %1$d' ELSE 'm' END AS name, i::DOUBLE AS value
        FROM range(%1$d, %2$d) AS t(i) ORDER BY name, step, row
        """
            .formatted(10 * number, 10 * number + 10));
  }

  private static ShardName name(int number) {
    return new ShardName(10L * number, 10L * number + 9);
  }

  private static String key(WriterKey writer, int number) {
    return writer.shardKey(Stream.METRICS.folder(), name(number));
  }

  private static SeriesRequest request(String metric) {
    return SeriesRequest.of("p", BOTH, metric);
  }

  private static SeriesRequest since(SeriesAnswer before) {
    SeriesRequest all = request("m");
    return new SeriesRequest(
        all.project(),
        all.runs(),
        all.metrics(),
        all.stream(),
        all.axis(),
        all.range(),
        all.bins(),
        all.ranks(),
        all.options(),
        new SeriesRequest.Held(before.width(), before.progress()));
  }

  private static long points(SeriesAnswer answer) {
    return answer.series().stream()
        .map(Series::bins)
        .mapToLong(bins -> IntStream.range(0, bins.size()).mapToLong(bins::count).sum())
        .sum();
  }

  @Test
  void whatWasNotFetchedBeforeTheStoreWentAwayIsNamedAndTheRestIsShown() throws IOException {
    CatalogFollower follower = far.follower("p");
    follower.poll();
    assertThat(points(far.series(request("m")))).isEqualTo(18);
    shard(ONE, 1);
    follower.poll();
    store.away(true);
    SeriesAnswer half = far.series(request("m"));
    assertThat(points(half)).isEqualTo(18);
    assertThat(half.problems())
        .containsExactly(
            new Problem(
                key(ONE, 1),
                "Cannot read " + key(ONE, 1) + ": nobody is there; everything else is shown"));
    assertThat(far.metrics("p", List.of("two"), Stream.METRICS).problems()).isEmpty();
  }

  @Test
  void anAnswerThatIsNotWholeIsNoStateOfItsRuns() throws IOException {
    far.follower("p").poll();
    far.metrics("p", List.of("two"), Stream.METRICS);
    store.away(true);
    for (int time = 0; time < 2; time++) {
      String before = far.state("p", BOTH);
      far.metrics("p", BOTH, Stream.METRICS);
      assertThat(far.lastState("p", BOTH)).isNotEqualTo(before);
    }
    store.away(false);
    String before = far.state("p", List.of("two"));
    far.metrics("p", List.of("two"), Stream.METRICS);
    assertThat(far.lastState("p", List.of("two"))).isEqualTo(before);
  }

  @Test
  void whoHoldsSuchAnAnswerIsToldEverythingOnceTheStoreIsBack() throws IOException {
    CatalogFollower follower = far.follower("p");
    follower.poll();
    far.series(request("m"));
    shard(ONE, 1);
    follower.poll();
    store.away(true);
    SeriesAnswer half = far.series(request("m"));
    assertThatThrownBy(follower::poll).isInstanceOf(IOException.class);
    store.away(false);
    assertThat(follower.poll()).contains(ONE.run());
    assertThat(follower.poll()).as("told once").isEmpty();
    SeriesAnswer more = far.series(since(half));
    assertThat(more.problems()).isEmpty();
    assertThat(points(more)).isEqualTo(more.whole() ? 27 : 9);
  }

  @Test
  void whereNothingCanBeReadThatIsSaid() throws IOException {
    far.follower("p").poll();
    store.away(true);
    assertThatThrownBy(() -> far.series(request("m")))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(UnknownNameException.class)
        .hasMessageContaining("nobody is there");
    assertThat(far.metrics("p", List.of(), Stream.METRICS).problems()).hasSize(2);
  }

  @Test
  void aStoreThatIsAwayIsNotAskedForEveryShard() throws IOException {
    for (int number = 1; number < 200; number++) {
      shard(ONE, number);
    }
    far.follower("p").poll();
    store.away(true);
    int before = store.calls().size();
    assertThat(far.metrics("p", List.of(), Stream.METRICS).problems()).hasSize(201);
    int asked = store.calls().size() - before;
    assertThat(asked).isBetween(1, 100);
    far.metrics("p", List.of(), Stream.METRICS);
    assertThat(store.calls()).as("nor again").hasSize(before + asked);
  }

  @Test
  void aRowOfTheTableSaysWhatItsNumbersAreWithout() throws IOException {
    shard(ONE, 1);
    far.follower("p").poll();
    far.metrics("p", List.of("two"), Stream.METRICS);
    store.away(true);
    TableAnswer table = far.table().page(new TableRequest("p", Filter.none(), List.of(), 0, 10));
    assertThat(table.rows()).hasSize(2);
    assertThat(table.problems()).extracting(Problem::key).contains(key(ONE, 0), key(ONE, 1));
  }

  @Test
  void aShardThatVanishesInTheMiddleIsNamedWithItsRows() throws IOException {
    shard(ONE, 1);
    shard(ONE, 2);
    for (Query query : List.of(near, far)) {
      assertThat(query.state("p", BOTH)).isNotEmpty(); // They are listed.
    }
    Files.delete(root.resolve(key(ONE, 1)));
    for (Query query : List.of(near, far)) {
      SeriesAnswer answer = query.series(request("m"));
      assertThat(points(answer)).isEqualTo(27);
      assertThat(answer.problems())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.key()).isEqualTo(key(ONE, 1));
                assertThat(problem.message()).contains("was gone", "rows 10 to 19");
              });
    }
  }

  @Test
  void aShardThatWasMergedMeanwhileIsNoLoss() throws IOException {
    shard(ONE, 1);
    assertThat(near.state("p", BOTH)).isNotEmpty();
    builder.shard(
        ONE,
        Stream.METRICS,
        new ShardName(0, 19),
        """
        SELECT i AS row, i AS step, make_timestamptz(1795000000000000 + i) AS time, 'm' AS name,
               i::DOUBLE AS value
        FROM range(20) AS t(i)
        """);
    Files.delete(root.resolve(key(ONE, 0)));
    Files.delete(root.resolve(key(ONE, 1)));
    SeriesAnswer answer = near.series(request("m"));
    assertThat(answer.problems()).isEmpty();
    assertThat(points(answer)).isEqualTo(29);
  }
}
