package io.ostraka.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.RunRow;
import io.ostraka.query.runs.TableAnswer;
import io.ostraka.query.runs.TableRequest;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.Listing;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of a project with runs in every state beside each other. */
final class RowsOfAllKindsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int ROUNDS = 30;

  @TempDir private Path folder;

  private final List<String> deleted = new ArrayList<>();

  @Test
  void eachRowIsWhatTheRunIsWhenItIsLookedAtAlone() throws IOException, SQLException {
    makeRuns();
    try (ShardStore store = LocalShardStore.open(folder);
        Query query = open(store)) {
      assertRowsAreTheRuns(query);
      // A shard of a run that others were forked from, after all.
      try (RootBuilder builder = RootBuilder.at(folder)) {
        builder.shard(writer("plain-3", 1), Stream.METRICS, rows(4, 1, -700));
      }
      Map<String, RunRow> rows = assertRowsAreTheRuns(query);
      assertThat(metric(rows, "fork-3").min()).isEqualTo(-700);
      assertThat(metric(rows, "fork-of-fork-3").min()).isEqualTo(-700);
      assertThat(metric(rows, "fork-4").min()).isGreaterThan(-700);
    }
  }

  @Test
  void aRunThatCannotBeListedSaysSoAndAllOthersAreShown() throws IOException, SQLException {
    makeRuns();
    String closed = new RunKey("p", "plain-7").prefix();
    ShardStore store =
        new FlakyShardStore(LocalShardStore.open(folder)) {
          @Override
          public Listing list(String prefix) throws IOException {
            if (closed.startsWith(prefix)) {
              throw new AccessDeniedException("no way into " + closed);
            }
            return super.list(prefix);
          }
        };
    try (store;
        Query query = open(store)) {
      Map<String, RunRow> rows = rowsOf(query);
      assertThat(rows).hasSize(6 * ROUNDS);
      assertThat(row(rows, "plain-7").problems())
          .singleElement()
          .satisfies(problem -> assertThat(problem.message()).contains("no way into"));
      assertThat(metric(rows, "plain-8").count()).isEqualTo(4);
    }
  }

  private static Query open(ShardStore store) {
    return Query.open(store, QuerySettings.defaults().withFreshness(Duration.ZERO));
  }

  private Map<String, RunRow> assertRowsAreTheRuns(Query query) throws IOException {
    Map<String, RunRow> rows = rowsOf(query);
    Map<String, RunSnapshot> runs =
        query.runs("p").stream()
            .collect(Collectors.toMap(run -> run.key().run(), Function.identity()));
    assertThat(rows.keySet()).isEqualTo(runs.keySet()).doesNotContainAnyElementsOf(deleted);
    assertThat(rows).hasSize(6 * ROUNDS);
    for (RunRow row : rows.values()) {
      RunSnapshot run = Objects.requireNonNull(runs.get(row.run()));
      Map<String, MetricSummary> alone =
          query.summary("p", row.run()).rows().stream()
              .collect(Collectors.toMap(MetricSummary::name, Function.identity()));
      assertThat(row.metrics()).as(row.run()).isEqualTo(alone);
      assertThat(row.fact(Fact.STATE)).isEqualTo(new Value.Text(run.state().text()));
      assertThat(row.config()).as(row.run()).isEqualTo(run.card().config());
      assertThat(row.problems()).as(row.run()).isEqualTo(run.problems());
      assertThat(row.problems().isEmpty()).isNotEqualTo(row.run().startsWith("damaged-"));
    }
    return rows;
  }

  private static Map<String, RunRow> rowsOf(Query query) throws IOException {
    Filter all = Filter.parse("", START);
    TableAnswer answer = query.table().page(new TableRequest("p", all, List.of(), 0, 1000));
    return answer.rows().stream().collect(Collectors.toMap(RunRow::run, Function.identity()));
  }

  private static MetricSummary metric(Map<String, RunRow> rows, String run) {
    return Objects.requireNonNull(row(rows, run).metrics().get("m"), run);
  }

  private static RunRow row(Map<String, RunRow> rows, String run) {
    return Objects.requireNonNull(rows.get(run), run);
  }

  private void makeRuns() throws IOException, SQLException {
    try (RootBuilder builder = RootBuilder.at(folder)) {
      for (int i = 0; i < ROUNDS; i++) {
        onItsCard(builder, "plain-" + i, i);
        builder.card(writer("running-" + i, 1), START, card -> {});
        builder.shard(writer("running-" + i, 1), Stream.METRICS, rows(0, 0, i, -i));
        fork(builder, "fork-" + i, "plain-" + i);
        fork(builder, "fork-of-fork-" + i, "fork-" + i);
        resumed(builder, "resumed-" + i, i);
        deleted(builder, "deleted-" + i, i);
        damaged(builder, "damaged-" + i, i);
      }
    }
  }

  private static void onItsCard(RootBuilder builder, String run, int i) throws IOException {
    WriterKey key = writer(run, 1);
    builder.end(
        key,
        START,
        card -> {
          card.putObject("config").put("lr", i);
          card.putObject("metrics")
              .putObject("m")
              .put("last", i)
              .put("min", i)
              .put("max", i + 3)
              .put("mean", i + 1.5)
              .put("count", 4)
              .put("first", i + 3);
        });
    builder.shard(key, Stream.METRICS, rows(0, 0, i + 3, i + 2, i + 1, i));
  }

  private static void fork(RootBuilder builder, String run, String parent) throws IOException {
    WriterKey key = writer(run, 1);
    builder.end(
        key,
        START,
        card -> {
          card.put("fork_run", parent).put("fork_step", 3);
          card.putObject("metrics").putObject("m").put("last", 1e9).put("count", 1);
        });
    builder.shard(key, Stream.METRICS, rows(0, 3, 50, 51));
  }

  private static void resumed(RootBuilder builder, String run, int i) throws IOException {
    WriterKey old = writer(run, 1);
    builder.card(old, START, card -> {});
    builder.shard(old, Stream.METRICS, rows(0, 0, 1, 2, 100 + i));
    WriterKey next = writer(run, 2);
    builder.end(
        next,
        START.plusSeconds(60),
        card -> {
          card.put("resume_step", 2);
          card.putArray("supersedes").add(old.writer().text());
          card.putObject("metrics").putObject("m").put("last", 1e9).put("count", 1);
        });
    builder.shard(next, Stream.METRICS, rows(0, 2, 3, 4));
  }

  private void deleted(RootBuilder builder, String run, int i) throws IOException {
    onItsCard(builder, run, i);
    Path meta = folder.resolve(new RunKey("p", run).metaKey());
    Files.write(meta, "{\"deleted_at\":\"2026-01-03T00:00:00Z\"}".getBytes(UTF_8));
    deleted.add(run);
  }

  private void damaged(RootBuilder builder, String run, int i) throws IOException {
    onItsCard(builder, run, i);
    Path shard = folder.resolve(writer(run, 1).shardKey("metrics", new ShardName(4, 9)));
    Files.writeString(shard, "no parquet at all");
  }

  private static WriterKey writer(String run, long random) {
    return new WriterKey(new RunKey("p", run), WriterId.of(0, random));
  }

  private static List<RootBuilder.Row> rows(long first, long step, double... values) {
    return RootBuilder.rows(START, first, step, values);
  }
}
