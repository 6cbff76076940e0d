package io.ostraka.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.edit.RunPurge;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.SortKey;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.RunFields;
import io.ostraka.query.runs.RunRow;
import io.ostraka.query.runs.TableAnswer;
import io.ostraka.query.runs.TableRequest;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs as rows of a table, from cards and shards, as they change. */
final class RunTableTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  /** More than are read each time. */
  private static final int MANY = 210;

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

  private static WriterKey writer(String run, int rank, long random) {
    return new WriterKey(new RunKey("p", run), WriterId.of(rank, random));
  }

  private static List<RootBuilder.Row> rows(long first, long step, double... values) {
    return RootBuilder.rows(START, first, step, values);
  }

  private void ended(WriterKey writer, double lr, double least) throws IOException {
    builder.end(
        writer,
        START,
        card -> {
          card.putObject("config").put("lr", lr).putObject("opt").put("name", "adam");
          card.putObject("summary").put("note", "fine");
          card.putObject("metrics")
              .putObject("m")
              .put("last", 3)
              .put("min", least)
              .put("max", 9)
              .put("mean", 4)
              .put("count", 5)
              .put("first", 8);
        });
  }

  private TableAnswer page(String filter, String sort) throws IOException {
    return query
        .table()
        .page(
            new TableRequest(
                "p",
                Filter.parse(filter, START),
                sort.isEmpty() ? List.of() : SortKey.parseList(sort),
                0,
                50));
  }

  private @Nullable Value value(String run, String field) throws IOException {
    return row(run).value(Field.parse(field));
  }

  private RunRow row(String run) throws IOException {
    return page("run = " + run, "").rows().get(0);
  }

  private double number(String run, String field) throws IOException {
    return Objects.requireNonNull(value(run, field), field).number();
  }

  /** Lets everything below a run be old enough that a change of it would show. */
  private void settle() throws IOException {
    FileTime old = FileTime.from(Instant.now().minusSeconds(3600));
    try (var walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.setLastModifiedTime(path, old);
      }
    }
  }

  @Test
  void aRunThatHasEndedIsReadFromItsLastCardAlone() throws IOException {
    ended(writer("a", 0, 1), 0.5, 1);
    assertThat(number("a", "config.lr")).isEqualTo(0.5);
    assertThat(value("a", "config.opt.name")).isEqualTo(new Value.Text("adam"));
    assertThat(value("a", "summary.note")).isEqualTo(new Value.Text("fine"));
    assertThat(number("a", "summary.m")).isEqualTo(3);
    assertThat(number("a", "summary.m.last")).isEqualTo(3);
    assertThat(number("a", "summary.m.min")).isEqualTo(1);
    assertThat(number("a", "summary.m.max")).isEqualTo(9);
    assertThat(number("a", "summary.m.mean")).isEqualTo(4);
    assertThat(number("a", "summary.m.first")).isEqualTo(8);
    assertThat(number("a", "summary.m.count")).isEqualTo(5);
    assertThat(number("a", "duration")).isEqualTo(3600);
    assertThat(value("a", "state")).isEqualTo(new Value.Text("finished"));
  }

  @Test
  void aRunningRunsNumbersFollowItsShardsAndReadNoneTwice() throws IOException {
    WriterKey key = writer("a", 0, 1);
    builder.card(key, START, card -> {});
    builder.shard(key, Stream.METRICS, rows(0, 0, 5, Double.NaN, 2));
    assertThat(number("a", "summary.m.first")).isEqualTo(5);
    assertThat(number("a", "summary.m")).isEqualTo(2);
    assertThat(number("a", "summary.m.mean")).isEqualTo(3.5);
    Path second = builder.shard(key, Stream.METRICS, rows(3, 3, -1, 7));
    assertThat(number("a", "summary.m")).isEqualTo(7);
    assertThat(number("a", "summary.m.min")).isEqualTo(-1);
    assertThat(number("a", "summary.m.max")).isEqualTo(7);
    assertThat(number("a", "summary.m.first")).isEqualTo(5);
    assertThat(number("a", "summary.m.count")).isEqualTo(5);
    Files.delete(second);
    assertThat(number("a", "summary.m.count")).isEqualTo(3);
  }

  @Test
  void ofAResumedRunTheFirstValueIsTheOldWritersAndTheLastTheNewOnes() throws IOException {
    WriterKey old = writer("a", 0, 1);
    WriterKey other = writer("a", 1, 2);
    builder.card(old, START, card -> {});
    builder.card(other, START, card -> {});
    builder.shard(old, Stream.METRICS, rows(0, 0, 1, 2, 100));
    builder.shard(other, Stream.METRICS, rows(0, 0, -50));
    WriterKey resumed = writer("a", 0, 9);
    builder.card(
        resumed,
        START.plusSeconds(60),
        card -> {
          card.put("resume_step", 2);
          card.putArray("supersedes").add(old.writer().text());
        });
    builder.shard(resumed, Stream.METRICS, rows(0, 2, 3, 4));
    assertThat(number("a", "summary.m.first")).isEqualTo(1);
    assertThat(number("a", "summary.m")).isEqualTo(4);
    assertThat(number("a", "summary.m.max")).isEqualTo(4);
    assertThat(number("a", "summary.m.min")).isEqualTo(-50);
    assertThat(number("a", "summary.m.count")).isEqualTo(5);
  }

  @Test
  void whatAPersonSetHidesAMetricOfTheSameNameAndNotItsNumbers() throws IOException {
    builder.end(
        writer("a", 0, 1),
        START,
        card -> {
          card.putObject("summary").put("m", 77).putObject("best").put("epoch", 3);
          card.putObject("config").put("opt.lr", 0.25);
          var metrics = card.putObject("metrics");
          metrics.putObject("m").put("last", 3).put("min", 1).put("count", 1);
          metrics.putObject("m.min").put("last", 44).put("count", 1);
          metrics.putObject("train.loss").put("last", 6).put("count", 1);
        });
    assertThat(number("a", "summary.m")).isEqualTo(77);
    assertThat(number("a", "summary.m.last")).isEqualTo(3);
    assertThat(number("a", "summary.m.min")).isEqualTo(1);
    assertThat(number("a", "summary.m.min.last")).isEqualTo(44);
    assertThat(number("a", "summary.`m.min`")).isEqualTo(44);
    assertThat(number("a", "summary.train.loss")).isEqualTo(6);
    assertThat(number("a", "summary.best.epoch")).isEqualTo(3);
    assertThat(number("a", "config.opt.lr")).isEqualTo(0.25);
    assertThat(value("a", "summary.m.first")).isNull();
  }

  @Test
  void filtersSortsAndCutsAndCountsWhatThereIs() throws IOException {
    for (int i = 0; i < 10; i++) {
      ended(writer("r" + i, 0, i + 1), i % 2 == 0 ? 0.1 : 0.01, 10 - i);
    }
    TableRequest request =
        new TableRequest(
            "p",
            Filter.parse("config.lr < 0.05", START),
            SortKey.parseList("-config.lr,summary.m.min"),
            1,
            2);
    TableAnswer answer = query.table().page(request);
    assertThat(answer.rows()).extracting(RunRow::run).containsExactly("r7", "r5");
    assertThat(answer.total()).isEqualTo(10);
    assertThat(answer.matched()).isEqualTo(5);
    assertThat(answer.notes()).isEmpty();
  }

  @Test
  void saysWhichFieldNoRunHasAndWhatComesNear() throws IOException {
    ended(writer("a", 0, 1), 0.5, 1);
    assertThat(page("config.lrr > 1 and not config.x exists", "summary.mm").notes())
        .hasSize(2)
        .anyMatch(note -> note.startsWith("No run has config.lrr; the nearest are config.lr, "))
        .anyMatch(note -> note.startsWith("No run has summary.mm; the nearest are summary.m, "));
    assertThat(query.table().fields("p"))
        .containsExactly(
            new RunFields.Known("config.lr", false, 1),
            new RunFields.Known("config.opt.name", false, 1),
            new RunFields.Known("summary.note", false, 1),
            new RunFields.Known("summary.m", true, 1));
    assertThatThrownBy(() -> query.table().fields("pp"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("the nearest names are \"p\"");
  }

  @Test
  void seesEditsResumesAndDeletionsOfRunsThatHaveEnded() throws IOException {
    WriterKey key = writer("a", 0, 1);
    ended(key, 0.5, 1);
    ended(writer("b", 0, 2), 0.5, 1);
    settle();
    assertThat(page("", "").rows()).hasSize(2);
    int before = store.calls().size();
    assertThat(page("", "").rows()).hasSize(2);
    assertThat(store.calls().subList(before, store.calls().size()))
        .containsExactly("listNames project=p/", "settledFolders");
    store.replace(key.run().metaKey(), "{\"tags\":[\"best\"]}".getBytes(UTF_8));
    assertThat(page("tag : best", "").rows()).extracting(RunRow::run).containsExactly("a");
    settle();
    assertThat(page("tag : best", "").rows()).hasSize(1);
    WriterKey resumed = writer("a", 0, 9);
    builder.card(resumed, START, card -> card.putArray("supersedes").add(key.writer().text()));
    assertThat(page("state = running", "").rows()).extracting(RunRow::run).containsExactly("a");
    store.replace(key.run().metaKey(), "{\"deleted_at\":\"2026-01-03T00:00:00Z\"}".getBytes(UTF_8));
    assertThat(page("", "").rows()).extracting(RunRow::run).containsExactly("b");
  }

  @Test
  void aForkFollowsItsParentAlsoAfterBothHaveEnded() throws IOException {
    WriterKey parent = writer("parent", 0, 1);
    WriterKey child = writer("child", 0, 2);
    builder.end(parent, START, card -> {});
    builder.shard(parent, Stream.METRICS, rows(0, 0, 9, 8, 7));
    builder.end(child, START, card -> card.put("fork_run", "parent").put("fork_step", 2));
    builder.shard(child, Stream.METRICS, rows(0, 2, 5));
    settle();
    for (int look = 0; look < 3; look++) {
      assertThat(number("child", "summary.m.first")).isEqualTo(9);
      assertThat(number("child", "summary.m.count")).isEqualTo(3);
      assertThat(number("parent", "summary.m.last")).isEqualTo(7);
    }
    builder.shard(parent, Stream.METRICS, rows(3, 0, 99));
    assertThat(number("child", "summary.m.max")).isEqualTo(99);
    store.replace(
        parent.run().metaKey(), "{\"deleted_at\":\"2026-01-03T00:00:00Z\"}".getBytes(UTF_8));
    settle();
    for (int look = 0; look < 3; look++) {
      assertThat(number("child", "summary.m.first")).isEqualTo(5);
    }
    store.replace(parent.run().metaKey(), "{}".getBytes(UTF_8));
    assertThat(number("child", "summary.m.first")).isEqualTo(9);
  }

  @Test
  void aRunOfSeveralWritersFollowsItsShardsAfterItHasEnded() throws IOException {
    WriterKey one = writer("a", 0, 1);
    WriterKey two = writer("a", 1, 2);
    builder.end(one, START, card -> {});
    builder.end(two, START, card -> {});
    builder.shard(one, Stream.METRICS, rows(0, 0, 1));
    settle();
    for (int look = 0; look < 3; look++) {
      assertThat(number("a", "summary.m.count")).isEqualTo(1);
    }
    builder.shard(two, Stream.METRICS, rows(0, 0, 2));
    assertThat(number("a", "summary.m.count")).isEqualTo(2);
    settle();
    for (int look = 0; look < 3; look++) {
      assertThat(number("a", "summary.m.count")).isEqualTo(2);
    }
    Path merged = builder.shard(two, Stream.METRICS, rows(0, 0, 2, 3));
    assertThat(merged).exists();
    assertThat(number("a", "summary.m.count")).isEqualTo(3);
  }

  @Test
  void aShardThatCannotBeReadIsAProblemAndTheRestIsShown() throws IOException {
    WriterKey key = writer("a", 0, 1);
    builder.card(key, START, card -> {});
    builder.shard(key, Stream.METRICS, rows(0, 0, 5));
    Files.writeString(
        folder.resolve(key.shardKey("metrics", new ShardName(1, 9))), "no parquet at all");
    TableAnswer answer = page("", "");
    assertThat(answer.rows()).hasSize(1);
    assertThat(answer.problems()).hasSize(1);
    assertThat(number("a", "summary.m.count")).isEqualTo(1);
  }

  @Test
  void theNextReaderStartsFromStoredRowsAndSeesWhatChangedSince() throws IOException {
    List<WriterKey> writers = manyRuns();
    assertThat(page("", "").total()).isEqualTo(MANY);
    Path stored = folder.resolve(RunKey.runIndexKey("p"));
    assertThat(stored).exists();
    // In place, which no writer does and no folder tells.
    Files.writeString(folder.resolve(writers.get(0).endKey()), "{}");
    assertRowsOfANewReader(0.5);
    store.replace(writers.get(0).run().metaKey(), "{\"tags\":[\"x\"]}".getBytes(UTF_8));
    try (Query other = another()) {
      assertThat(rowsOf(other, "tag : x and not config.lr exists")).isEqualTo(1);
    }
  }

  @Test
  void damagedOrForeignStoredRowsAreReadAnew() throws IOException {
    manyRuns();
    assertThat(page("", "").total()).isEqualTo(MANY);
    Path stored = folder.resolve(RunKey.runIndexKey("p"));
    byte[] whole = Files.readAllBytes(stored);
    Random random = new Random(3);
    for (int round = 0; round < 12; round++) {
      byte[] damaged = Arrays.copyOf(whole, round == 0 ? 0 : random.nextInt(whole.length));
      Files.write(stored, damaged);
      assertRowsOfANewReader(0.5);
    }
    byte[] ofAnotherVersion = whole.clone();
    ofAnotherVersion[7]++;
    Files.write(stored, ofAnotherVersion);
    assertRowsOfANewReader(0.5);
    assertThat(Files.readAllBytes(stored)[7]).isEqualTo(whole[7]);
  }

  @Test
  void aRootThatCannotBeWrittenAnswersAllTheSame() throws IOException {
    manyRuns();
    ShardStore readOnly =
        new FlakyShardStore(LocalShardStore.open(folder)) {
          @Override
          public void replace(String key, byte[] bytes) throws IOException {
            throw new AccessDeniedException(key);
          }
        };
    try (Query other = Query.open(readOnly, QuerySettings.defaults())) {
      assertThat(rowsOf(other, "config.lr = 0.5")).isEqualTo(MANY);
      assertThat(folder.resolve(RunKey.runIndexKey("p"))).doesNotExist();
    }
  }

  @Test
  void purgingARunForgetsTheStoredRowsToo() throws IOException {
    List<WriterKey> writers = manyRuns();
    assertThat(page("", "").total()).isEqualTo(MANY);
    new RunPurge(store, Clock.systemUTC())
        .purge(writers.get(0).run(), RunPurge.When.NOW_EVEN_IF_RUNNING);
    assertThat(folder.resolve(RunKey.runIndexKey("p"))).doesNotExist();
    assertThat(page("", "").total()).isEqualTo(MANY - 1);
  }

  private List<WriterKey> manyRuns() throws IOException {
    List<WriterKey> writers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      WriterKey key = writer("run-" + i, 0, i + 1);
      ended(key, 0.5, 1);
      writers.add(key);
    }
    settle();
    return writers;
  }

  private Query another() {
    return Query.open(store, QuerySettings.defaults().withFreshness(Duration.ZERO));
  }

  private void assertRowsOfANewReader(double lr) throws IOException {
    try (Query other = another()) {
      assertThat(rowsOf(other, "config.lr = " + lr + " and summary.m.first = 8")).isEqualTo(MANY);
    }
  }

  private static int rowsOf(Query other, String filter) throws IOException {
    Filter parsed = Filter.parse(filter, START);
    return other.table().page(new TableRequest("p", parsed, List.of(), 0, 1)).matched();
  }
}
