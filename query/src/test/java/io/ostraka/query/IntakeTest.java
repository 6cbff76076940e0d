package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IntakeTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Intake.Watched METRICS = run -> Set.of(Stream.METRICS);

  private final Intake intake = new Intake();

  private static RunSnapshot run(String id, int shards, WriterState state, Instant activity) {
    WriterKey writer = new WriterKey(new RunKey("p", id), WriterId.of(0, 7));
    List<LiveShard> live = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      ShardName name = new ShardName(10L * i, 10L * i + 9);
      String key = writer.shardKey(Stream.METRICS.folder(), name);
      live.add(new LiveShard(key, name, 1000, NOW, 10L * i));
    }
    WriterSnapshot snapshot =
        new WriterSnapshot(writer, Card.empty(), state, activity, Map.of(Stream.METRICS, live));
    return new RunSnapshot(writer.run(), Card.empty(), state, List.of(snapshot), List.of());
  }

  private static RunSnapshot running(String id, int shards) {
    return run(id, shards, WriterState.RUNNING, NOW);
  }

  private static List<Integer> shards(List<RunSnapshot> runs) {
    return runs.stream().map(run -> run.writers().get(0).shards(Stream.METRICS).size()).toList();
  }

  @Test
  void whatIsNewAndWatchedIsTakenInAsFarAsTheBudgetGoesTheOldestFirst() {
    assertThat(shards(intake.everything(List.of(running("a", 3))))).containsExactly(3);
    assertThat(shards(intake.take(List.of(running("a", 6)), METRICS, -3))).containsExactly(3);
    assertThat(shards(intake.take(List.of(running("a", 6)), METRICS, 0.9))).containsExactly(3);
    List<RunSnapshot> shown = intake.take(List.of(running("a", 6)), METRICS, 2.5);
    assertThat(shards(shown)).containsExactly(5);
    List<LiveShard> live = shown.get(0).writers().get(0).shards(Stream.METRICS);
    assertThat(live.get(4).name()).isEqualTo(new ShardName(40, 49));
    assertThat(shards(intake.take(List.of(running("a", 6)), METRICS, 100))).containsExactly(6);
  }

  @Test
  void newRunsRunsThatNobodyWatchesAndRunsThatEndedDoNotWait() {
    assertThat(shards(intake.take(List.of(running("a", 3)), METRICS, -50))).containsExactly(3);
    assertThat(shards(intake.take(List.of(running("a", 4)), run -> Set.of(), -50)))
        .containsExactly(4);
    Intake.Watched console = run -> Set.of(Stream.CONSOLE);
    assertThat(shards(intake.take(List.of(running("a", 5)), console, -50))).containsExactly(5);
    RunSnapshot ended = run("a", 6, WriterState.FINISHED, NOW);
    assertThat(shards(intake.take(List.of(ended), METRICS, -50))).containsExactly(6);
  }

  @Test
  void aRunThatWaitsShowsItsStateAllTheSame() {
    intake.everything(List.of(running("a", 3)));
    Instant later = NOW.plusSeconds(10);
    List<RunSnapshot> shown =
        intake.take(List.of(run("a", 4, WriterState.STALLED, later)), METRICS, 0);
    assertThat(shards(shown)).containsExactly(3);
    assertThat(shown.get(0).state()).isEqualTo(WriterState.STALLED);
    assertThat(shown.get(0).writers().get(0).lastActivity()).isEqualTo(later);
  }

  @Test
  void runsTakeTurns() {
    intake.everything(List.of(running("a", 1), running("b", 1)));
    assertThat(shards(intake.take(List.of(running("a", 5), running("b", 5)), METRICS, 3)))
        .containsExactly(4, 1);
    assertThat(shards(intake.take(List.of(running("a", 9), running("b", 9)), METRICS, 3)))
        .containsExactly(4, 4);
    assertThat(shards(intake.take(List.of(running("a", 9), running("b", 9)), METRICS, 7)))
        .containsExactly(9, 6);
  }

  @Test
  void whatWasMergedOfKnownShardsDoesNotWait() {
    intake.everything(List.of(running("a", 4)));
    RunSnapshot four = running("a", 4);
    WriterSnapshot writer = four.writers().get(0);
    ShardName range = new ShardName(0, 39);
    String key = writer.key().shardKey(Stream.METRICS.folder(), range);
    List<LiveShard> merged = List.of(new LiveShard(key, range, 4000, NOW, 0));
    WriterSnapshot after =
        new WriterSnapshot(
            writer.key(), writer.card(), writer.state(), NOW, Map.of(Stream.METRICS, merged));
    RunSnapshot run =
        new RunSnapshot(four.key(), four.card(), four.state(), List.of(after), List.of());
    assertThat(intake.take(List.of(run), METRICS, -10)).containsExactly(run);
  }

  @Test
  void theBudgetFillsWithTimeAndEmptiesWithRequestsWithinBounds() {
    AtomicLong nanos = new AtomicLong();
    AtomicLong made = new AtomicLong();
    RequestBudget budget = new RequestBudget(nanos::get, made::get);
    double most = budget.left();
    made.addAndGet((long) most);
    assertThat(budget.left()).isZero();
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    assertThat(budget.left()).isBetween(5.0, 10.0);
    made.addAndGet(100_000);
    double debt = budget.left();
    assertThat(debt).isBetween(-100.0, -1.0);
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(budget.left()).isEqualTo(most);
  }
}
