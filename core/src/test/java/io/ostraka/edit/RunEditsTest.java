package io.ostraka.edit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.catalog.Catalog;
import io.ostraka.edit.RunPurge.When;
import io.ostraka.shard.EmptyShard;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.FlakyShardStore.Moment;
import io.ostraka.store.MemoryShardStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RunEditsTest {
  private static final RunKey RUN = new RunKey("digits", "a");
  private static final WriterKey WRITER =
      new WriterKey(RUN, new WriterId("r000000-0000000000000000"));
  private static final ShardName SHARD = new ShardName(0, 9);

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  private final MemoryShardStore memory = new MemoryShardStore(clock);
  private final FlakyShardStore store = new FlakyShardStore(memory);
  private final RunEdits edits = new RunEdits(store, clock);
  private final RunPurge purge = new RunPurge(store, clock);

  @BeforeEach
  void logARunThatEnded() throws IOException {
    memory.create(
        WRITER.endKey(),
        bytes(
            "{\"state\": \"finished\", \"name\": \"mlp\", \"tags\": [\"old\"], \"notes\": \"n\"}"));
    memory.create(
        WRITER.shardKey(Stream.METRICS.folder(), SHARD),
        EmptyShard.bytes(WRITER.writer(), Stream.METRICS, SHARD));
  }

  @Test
  void aNewNameWinsOverTheWritersAndIsStripped() throws IOException {
    edits.rename(RUN, "  the best so far ");
    assertThat(card().name()).contains("the best so far");
    assertThat(card().notes()).contains("n");
  }

  @Test
  void tagsAreAddedToThoseOfTheWriters() throws IOException {
    assertThat(edits.tag(RUN, List.of("new", "old"), List.of())).containsExactly("old", "new");
    assertThat(edits.tag(RUN, List.of(), List.of("old", "never"))).containsExactly("new");
    assertThat(edits.tag(RUN, List.of(), List.of("new"))).isEmpty();
    assertThat(card().tags()).isEmpty();
  }

  @Test
  void notesAreReplacedAppendedToAndTakenAway() throws IOException {
    edits.appendNote(RUN, "more");
    assertThat(card().notes()).contains("n\nmore");
    edits.note(RUN, "only this");
    assertThat(card().notes()).contains("only this");
    edits.note(RUN, "");
    assertThat(card().notes()).contains("");
    edits.appendNote(RUN, "again");
    assertThat(card().notes()).contains("again");
  }

  @Test
  void anEditKeepsFieldsThatItDoesNotKnow() throws IOException {
    memory.create(RUN.metaKey(), bytes("{\"starred\": true, \"notes\": \"kept\"}"));
    edits.rename(RUN, "b");
    assertThat(new String(memory.read(RUN.metaKey()), UTF_8))
        .isEqualTo("{\"starred\":true,\"notes\":\"kept\",\"name\":\"b\"}\n");
  }

  @Test
  void whatIsNoNameTagOrNoteIsRefusedAndChangesNothing() {
    for (String bad : List.of("", " ", "two\nlines", "x".repeat(1025))) {
      assertThatIllegalArgumentException().isThrownBy(() -> edits.rename(RUN, bad));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> edits.tag(RUN, List.of("good", bad), List.of()));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> edits.note(RUN, "x".repeat(65_537)));
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> memory.read(RUN.metaKey()));
  }

  @Test
  void aDamagedOrNewerMetaIsNotReplaced() throws IOException {
    for (String damaged : List.of("{\"name\": ", "[]", "{\"format\": 2}")) {
      memory.replace(RUN.metaKey(), bytes(damaged));
      assertThatExceptionOfType(ShardFormatException.class)
          .isThrownBy(() -> edits.rename(RUN, "b"))
          .withMessageContaining(RUN.metaKey());
      assertThat(memory.read(RUN.metaKey())).asString(UTF_8).isEqualTo(damaged);
    }
  }

  @Test
  void aRunThatIsNotThereIsNotMade() throws IOException {
    RunKey none = new RunKey("digits", "none");
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> edits.rename(none, "b"))
        .withMessageContaining("there is no run \"none\" in project \"digits\"");
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> edits.delete(none));
    assertThat(memory.list(none.prefix()).objects()).isEmpty();
  }

  @Test
  void ofEditsAtTheSameTimeNoneIsLost() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String tag = "t" + i;
      all.add(pool.submit(() -> edits.tag(RUN, List.of(tag), List.of())));
    }
    for (Future<?> one : all) {
      one.get();
    }
    pool.shutdown();
    assertThat(card().tags()).hasSize(41);
  }

  @Test
  void aDeletedRunIsHiddenAndTakenBack() throws IOException {
    Instant from = edits.delete(RUN);
    assertThat(from).isEqualTo(clock.instant().plus(RunEdits.UNDO));
    assertThat(new Catalog(store).runs("digits")).isEmpty();
    clock.advance(Duration.ofHours(1));
    assertThat(edits.delete(RUN)).isEqualTo(from);
    edits.restore(RUN);
    assertThat(new Catalog(store).runs("digits")).hasSize(1);
    assertThatIOException()
        .isThrownBy(() -> edits.restore(RUN))
        .withMessage("Run a of project digits is not deleted");
  }

  @Test
  void deletedRunsAreListedWithWhatTheyHold() throws IOException {
    assertThat(purge.deleted("digits")).isEmpty();
    edits.delete(RUN);
    DeletedRun deleted = purge.deleted("digits").get(0);
    assertThat(deleted.key()).isEqualTo(RUN);
    assertThat(deleted.name()).contains("mlp");
    assertThat(deleted.objects()).isEqualTo(3);
    assertThat(deleted.purging()).isFalse();
  }

  @Test
  void aPurgeWaitsForSevenDays() throws IOException {
    assertThatIOException()
        .isThrownBy(() -> purge.purge(RUN, When.DUE))
        .withMessageContaining("it is not deleted");
    edits.delete(RUN);
    clock.advance(RunEdits.UNDO.minusSeconds(1));
    assertThatIOException()
        .isThrownBy(() -> purge.purge(RUN, When.DUE))
        .withMessageContaining("until then it can be taken back");
    assertThat(memory.list(RUN.prefix()).objects()).hasSize(3);
    clock.advance(Duration.ofSeconds(1));
    assertThat(purge.purge(RUN, When.DUE).objects()).isEqualTo(2);
    assertThat(memory.list(RUN.prefix()).objects()).isEmpty();
  }

  @Test
  void aRunThatRunsIsPurgedOnlyWhenForced() throws IOException {
    memory.delete(WRITER.endKey());
    memory.replace(WRITER.cardKey(), bytes("{\"state\": \"running\"}"));
    assertThatIOException()
        .isThrownBy(() -> purge.purge(RUN, When.NOW))
        .withMessageContaining("it is running; end it first");
    assertThat(new Catalog(store).runs("digits")).hasSize(1);
    clock.advance(Duration.ofMinutes(1)); // Now it has crashed.
    edits.rename(RUN, "b");
    purge.purge(RUN, When.NOW);
    assertThat(memory.list(RUN.prefix()).objects()).isEmpty();

    memory.replace(WRITER.cardKey(), bytes("{\"state\": \"running\"}"));
    purge.purge(RUN, When.NOW_EVEN_IF_RUNNING);
    assertThat(memory.list(RUN.prefix()).objects()).isEmpty();
  }

  @Test
  void aPurgeThatWasStoppedAnywhereLeavesAHiddenRunAndGoesOn() throws IOException {
    int calls = callsOfAPurge();
    for (int call = 1; call <= calls; call++) {
      for (Moment moment : List.of(Moment.BEFORE, Moment.AFTER)) {
        logARunThatEndedAnew();
        edits.delete(RUN);
        clock.advance(RunEdits.UNDO);
        store.fail(store.calls().size() + call, moment);
        boolean stopped = isStopped();
        assertThat(new Catalog(memory).runs("digits")).isEmpty();
        if (stopped && memory.list(RUN.prefix()).objects().size() == 2) {
          assertThatIOException()
              .isThrownBy(() -> edits.restore(RUN))
              .withMessageContaining("it was purged");
        }
        if (!memory.list(RUN.prefix()).objects().isEmpty()) {
          purge.purge(RUN, When.DUE);
        }
        assertThat(memory.list(RUN.prefix()).objects()).isEmpty();
      }
    }
  }

  private int callsOfAPurge() throws IOException {
    edits.delete(RUN);
    clock.advance(RunEdits.UNDO);
    int before = store.calls().size();
    purge.purge(RUN, When.DUE);
    return store.calls().size() - before;
  }

  private boolean isStopped() {
    try {
      purge.purge(RUN, When.DUE);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private void logARunThatEndedAnew() throws IOException {
    memory.list("").objects().forEach(object -> memory.delete(object.key()));
    logARunThatEnded();
  }

  private Card card() throws IOException {
    return new Catalog(store).run(RUN).card();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
