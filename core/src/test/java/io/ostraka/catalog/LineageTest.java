package io.ostraka.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.store.MemoryShardStore;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class LineageTest {
  private final MemoryShardStore store =
      new MemoryShardStore(new ManualClock(Instant.parse("2026-11-21T10:15:00Z")));

  @Test
  void aRunThatWasNotForkedIsItsOwnWholeHistory() throws IOException {
    card("a", 0, "");
    assertThat(lineage("a")).containsExactly("a below " + Long.MAX_VALUE);
  }

  @Test
  void eachAncestorIsDrawnBelowTheLeastForkOnTheWayToIt() throws IOException {
    card("a", 0, "");
    card("b", 0, "\"fork_run\": \"a\", \"fork_step\": 500");
    card("c", 0, "\"fork_run\": \"b\", \"fork_step\": 200");
    card("d", 0, "\"fork_run\": \"c\", \"fork_step\": 900");
    assertThat(lineage("d").subList(1, 4))
        .containsExactly("c below 900", "b below 200", "a below 200");
  }

  @Test
  void anAncestorThatIsNotThereOrHasBeenDeletedEndsTheLineage() throws IOException {
    card("a", 0, "");
    card("b", 0, "\"fork_run\": \"a\", \"fork_step\": 500");
    card("c", 0, "\"fork_run\": \"b\", \"fork_step\": 200");
    store.create(
        new RunKey("p", "b").metaKey(),
        "{\"deleted_at\": \"2026-11-21T10:00:00Z\"}".getBytes(UTF_8));
    assertThat(lineage("c")).hasSize(1);
    card("d", 0, "\"fork_run\": \"nobody\", \"fork_step\": 200");
    assertThat(lineage("d")).hasSize(1);
  }

  @Test
  void aRunThatIsItsOwnAncestorIsDrawnOnce() throws IOException {
    card("a", 0, "\"fork_run\": \"b\", \"fork_step\": 500");
    card("b", 0, "\"fork_run\": \"a\", \"fork_step\": 200");
    card("c", 0, "\"fork_run\": \"c\", \"fork_step\": 200");
    assertThat(lineage("a")).hasSize(2);
    assertThat(lineage("c")).hasSize(1);
  }

  @Test
  void aRewindToBeforeTheForkTakesTheAncestorsPointsWithIt() throws IOException {
    card("a", 0, "");
    card("b", 0, "\"fork_run\": \"a\", \"fork_step\": 500");
    card("b", 1, "\"supersedes\": [\"" + WriterId.of(0, 0) + "\"], \"resume_step\": 300");
    assertThat(lineage("b").get(1)).isEqualTo("a below 300");
  }

  private List<String> lineage(String run) throws IOException {
    Map<String, RunSnapshot> runs =
        new Catalog(store)
            .runs("p").stream()
                .collect(Collectors.toMap(one -> one.key().run(), Function.identity()));
    return Lineage.of(java.util.Objects.requireNonNull(runs.get(run)), runs).stream()
        .map(ancestor -> ancestor.run().key().run() + " below " + ancestor.belowStep())
        .toList();
  }

  private void card(String run, long random, String fields) throws IOException {
    WriterKey writer = new WriterKey(new RunKey("p", run), WriterId.of(0, random));
    store.replace(
        writer.cardKey(),
        ("{\"started_at\": \"2026-11-21T10:0"
                + random
                + ":00Z\""
                + (fields.isEmpty() ? "" : ", ")
                + fields
                + "}")
            .getBytes(UTF_8));
  }
}
