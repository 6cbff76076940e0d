package io.ostraka.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.edit.RunEdits;
import io.ostraka.shard.EmptyShard;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.MemoryShardStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class CatalogFollowerTest {
  private static final RunKey RUN = new RunKey("p", "run");
  private static final RunKey OTHER = new RunKey("p", "other");
  private static final WriterKey WRITER =
      new WriterKey(RUN, new WriterId("r000000-0000000000000000"));
  private static final WriterKey RESUMED =
      new WriterKey(RUN, new WriterId("r000000-1111111111111111"));
  private static final WriterKey OTHERS =
      new WriterKey(OTHER, new WriterId("r000000-0000000000000000"));
  private static final int FULL_ROUND = 16;

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  private final FlakyShardStore store = new FlakyShardStore(new MemoryShardStore(clock));
  private final Catalog catalog = new Catalog(store);
  private final CatalogFollower follower = new CatalogFollower(catalog, "p");

  @Test
  void theFirstPollTellsEveryRunAndTheNextNone() throws IOException {
    card(WRITER, "{}");
    card(OTHERS, "{}");
    assertThat(follower.poll()).containsExactlyInAnyOrder(RUN, OTHER);
    assertThat(follower.poll()).isEmpty();
  }

  @Test
  void aShardACardAndAnEndAreChanges() throws IOException {
    card(WRITER, "{}");
    card(OTHERS, "{}");
    follower.poll();
    shard(WRITER, 0, 9);
    assertThat(follower.poll()).containsExactly(RUN);
    card(OTHERS, "{\"name\": \"n\"}");
    assertThat(follower.poll()).containsExactly(OTHER);
    store.create(WRITER.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    assertThat(follower.poll()).containsExactly(RUN);
    assertThat(follower.poll()).isEmpty();
  }

  @Test
  void aWriterThatFallsSilentIsAChange() throws IOException {
    card(WRITER, "{}");
    follower.poll();
    clock.advance(Duration.ofMinutes(1));
    assertThat(follower.poll()).containsExactly(RUN);
    assertThat(follower.poll()).isEmpty();
  }

  @Test
  void aNewRunAndOneThatIsGoneAreChanges() throws IOException {
    card(WRITER, "{}");
    follower.poll();
    card(OTHERS, "{}");
    assertThat(follower.poll()).containsExactly(OTHER);
    store.delete(WRITER.cardKey());
    assertThat(follower.poll()).containsExactly(RUN);
    assertThat(follower.poll()).isEmpty();
  }

  @Test
  void aResumedRunIsSeenAtOnce() throws IOException {
    store.create(WRITER.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    follower.poll();
    store.create(RESUMED.prefix() + "metrics/unfinished", new byte[1]);
    follower.poll();
    card(RESUMED, "{}");
    assertThat(follower.poll()).containsExactly(RUN);
    shard(RESUMED, 0, 9);
    assertThat(follower.poll()).containsExactly(RUN);
  }

  @Test
  void anEditOfAFinishedRunIsSeenWithinARound() throws IOException {
    store.create(WRITER.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    store.create(RUN.metaKey(), "{\"notes\": \"one\"}".getBytes(UTF_8));
    follower.poll();
    store.replace(RUN.metaKey(), "{\"notes\": \"three\"}".getBytes(UTF_8));
    assertThat(pollARound()).containsExactly(RUN);
  }

  @Test
  void anEditThatLeftItsMarkIsSeenAtOnce() throws IOException {
    RunEdits edits = new RunEdits(store, clock);
    store.create(WRITER.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    store.create(OTHERS.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    edits.note(OTHER, "looked at");
    edits.rename(RUN, "one");
    follower.poll();
    for (String name : new String[] {"two", "three", "four"}) {
      edits.rename(RUN, name);
      assertThat(follower.poll()).containsExactly(RUN);
      assertThat(follower.poll()).isEmpty();
    }
  }

  @Test
  void aDeletedRunIsAChange() throws IOException {
    store.create(WRITER.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    follower.poll();
    store.create(RUN.metaKey(), "{\"deleted_at\": \"2026-11-21T10:00:00Z\"}".getBytes(UTF_8));
    assertThat(follower.poll()).containsExactly(RUN);
    assertThat(follower.poll()).isEmpty();
  }

  @Test
  void anIdlePollOfFinishedRunsListsNamesAndFewObjects() throws IOException {
    int runs = 64;
    for (int i = 0; i < runs; i++) {
      WriterKey writer = new WriterKey(new RunKey("p", "run" + i), WRITER.writer());
      store.create(writer.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    }
    follower.poll();
    clock.advance(Duration.ofMinutes(1));
    int before = store.calls().size();
    assertThat(follower.poll()).isEmpty();
    long listings =
        store.calls().stream().skip(before).filter(call -> call.startsWith("list ")).count();
    assertThat(listings).isEqualTo(runs / FULL_ROUND);
  }

  @Test
  void whatCannotBeListedNowIsToldByALaterPoll() throws IOException {
    card(WRITER, "{}");
    follower.poll();
    shard(WRITER, 0, 9);
    store.failNext(FlakyShardStore.Moment.BEFORE);
    assertThatIOException().isThrownBy(follower::poll);
    store.fail(store.calls().size() + 2, FlakyShardStore.Moment.BEFORE);
    assertThat(follower.poll()).isEmpty();
    store.fail(store.calls().size() + 3, FlakyShardStore.Moment.BEFORE);
    assertThat(follower.poll()).isEmpty();
    assertThat(follower.poll()).containsExactly(RUN);
  }

  @Test
  void aShardOfAFinishedRunThatCouldNotBeReadOnceIsToldOnceItCan() throws IOException {
    store.create(WRITER.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    shard(WRITER, 0, 9);
    clock.advance(Duration.ofMinutes(1));
    store.fail(store.calls().size() + 5, FlakyShardStore.Moment.BEFORE);
    assertThat(follower.poll()).containsExactly(RUN);
    assertThat(store.calls()).last().asString().startsWith("open ");
    assertThat(pollARound()).containsExactly(RUN);
  }

  @Test
  void aShardOfAFinishedRunWhoseRowsCouldNotBeReadOnceIsTriedAgain() throws IOException {
    store.create(WRITER.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    shard(WRITER, 0, 9);
    clock.advance(Duration.ofMinutes(1));
    follower.poll();
    LiveShard shard = catalog.run(RUN).writers().get(0).shards(Stream.METRICS).get(0);
    for (int seconds : new int[] {30, 60, 120}) {
      catalog.leaveOut(shard, "the disk failed");
      assertThat(problems()).containsExactly("the disk failed");
      clock.advance(Duration.ofSeconds(seconds - 1));
      assertThat(problems()).containsExactly("the disk failed");
      pollARound();
      clock.advance(Duration.ofSeconds(1));
      assertThat(pollARound()).containsExactly(RUN);
      assertThat(problems()).isEmpty();
    }
  }

  private Set<RunKey> pollARound() throws IOException {
    Set<RunKey> changed = new TreeSet<>();
    for (int i = 0; i < FULL_ROUND; i++) {
      changed.addAll(follower.poll());
    }
    return changed;
  }

  private List<String> problems() throws IOException {
    return catalog.run(RUN).problems().stream().map(Problem::message).toList();
  }

  private void card(WriterKey writer, String json) throws IOException {
    store.replace(writer.cardKey(), json.getBytes(UTF_8));
  }

  private void shard(WriterKey writer, long first, long last) throws IOException {
    ShardName name = new ShardName(first, last);
    store.create(
        writer.shardKey(Stream.METRICS.folder(), name),
        EmptyShard.bytes(writer.writer(), Stream.METRICS, name));
  }
}
