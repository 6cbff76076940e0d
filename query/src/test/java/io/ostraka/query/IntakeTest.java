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
  void whatIsNewAndWatchedWaitsForTheBudget() {
    assertThat(shards(intake.everything(List.of(running("a", 3))))).containsExactly(3);
    assertThat(shards(intake.take(List.of(running("a", 5)), METRICS, 1.9))).containsExactly(3);
    assertThat(shards(intake.take(List.of(running("a", 5)), METRICS, 2))).containsExactly(5);
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
  void runsTakeTurnsAndNobodyStarves() {
    intake.everything(List.of(running("a", 1), running("b", 1)));
    assertThat(shards(intake.take(List.of(running("a", 5), running("b", 5)), METRICS, 5)))
        .containsExactly(5, 1);
    assertThat(shards(intake.take(List.of(running("a", 6), running("b", 9)), METRICS, 5)))
        .containsExactly(5, 1); // The one run's turn has come, and it waits for it.
    assertThat(shards(intake.take(List.of(running("a", 7), running("b", 9)), METRICS, 9)))
        .containsExactly(5, 9);
    assertThat(shards(intake.take(List.of(running("a", 7), running("b", 11)), METRICS, 3)))
        .containsExactly(7, 9);
  }

  @Test
  void aRunOfMoreShardsThanIsEverSavedUpForGetsItsTurn() {
    intake.everything(List.of(running("a", 1)));
    assertThat(shards(intake.take(List.of(running("a", 1000)), METRICS, 79))).containsExactly(1);
    assertThat(shards(intake.take(List.of(running("a", 1000)), METRICS, 80))).containsExactly(1000);
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
