package io.ostraka.compact;

import static io.ostraka.compact.CompactionFixture.WRITER;
import static io.ostraka.compact.CompactionFixture.key;
import static io.ostraka.compact.CompactionFixture.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.catalog.Problem;
import io.ostraka.shard.OddShard;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.FlakyShardStore.Moment;
import io.ostraka.store.Listing;
import io.ostraka.store.LocalCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompactorTest {
  private static final ShardName WHOLE = new ShardName(0, 999);

  @TempDir Path folder;
  private CompactionFixture writer;

  @BeforeEach
  void begin() {
    writer = new CompactionFixture(folder);
  }

  private static int[] tens(int count) {
    int[] tens = new int[count];
    Arrays.fill(tens, 10);
    return tens;
  }

  @Test
  void aFinishedStreamEndsAsOneShardAndItsSourcesGoAfterFifteenMinutes() throws IOException {
    writer.publish(0, tens(100));
    writer.end(1000);
    Compactor compactor = writer.compactor();

    CompactionResult merged = compactor.compact(WRITER);
    assertThat(merged.problems()).isEmpty();
    assertThat(merged.merges()).isEqualTo(1);
    assertThat(merged.sourcesMerged()).isEqualTo(100);
    assertThat(merged.waiting()).isEqualTo(100);
    assertThat(writer.shards()).hasSize(101).contains(WHOLE);
    writer.assertRows(1000);

    writer.pass(Duration.ofMinutes(15).minusNanos(1));
    assertThat(compactor.isDue(WRITER)).isFalse();
    assertThat(compactor.compact(WRITER).retired()).isZero();
    writer.pass(Duration.ofNanos(1));
    assertThat(compactor.isDue(WRITER)).isTrue();
    CompactionResult retired = compactor.compact(WRITER);
    assertThat(retired.retired()).isEqualTo(100);
    assertThat(retired.waiting()).isZero();
    assertThat(compactor.waiting()).isFalse();
    assertThat(writer.shards()).containsExactly(WHOLE);
    writer.assertRows(1000);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aStreamThatGoesOnIsMergedInWholeBlocks() throws IOException {
    writer.publish(0, tens(60));
    CompactionResult merged = writer.compactor().compact(WRITER);
    assertThat(merged.problems()).isEmpty();
    assertThat(writer.shards()).contains(new ShardName(0, 259), new ShardName(260, 519));
    assertThat(merged.merges()).isEqualTo(2);
    writer.assertRows(600);
  }

  @Test
  void aShardThatIsMergedStaysUntilTheMergedOneWasReadBackFromTheStore() throws IOException {
    writer.publish(0, tens(100));
    writer.end(1000);
    // A store that says that it has the merged shard, and keeps half of it.
    Compactor compactor =
        writer.compactor(
            new FlakyShardStore(writer.memory) {
              @Override
              public void publish(String key, Path sealed) throws IOException {
                byte[] whole = Files.readAllBytes(sealed);
                super.create(key, Arrays.copyOf(whole, whole.length / 2));
              }
            });
    CompactionResult result = compactor.compact(WRITER);
    assertThat(result.merges()).isZero();
    assertThat(result.problems())
        .containsExactly(
            new Problem(
                key(WHOLE),
                "Cannot read "
                    + key(WHOLE)
                    + ": it is cut short or damaged; copy it again or remove it"));
    for (int pass = 0; pass < 3; pass++) {
      writer.pass(Duration.ofHours(1));
      assertThat(compactor.compact(WRITER).retired()).isZero();
      writer.assertRows(1000);
    }
  }

  @Test
  void aCopyThatThisMachineKeptIsNoAnswerOfTheStore(@TempDir Path copies) throws IOException {
    writer.publish(0, tens(100));
    writer.end(1000);
    Path kept = copies.resolve("whole");
    // The store keeps half of the merged shard, and this machine a copy of the whole one.
    Compactor compactor =
        writer.compactor(
            new FlakyShardStore(writer.memory) {
              @Override
              public void publish(String key, Path sealed) throws IOException {
                byte[] whole = Files.readAllBytes(sealed);
                Files.write(kept, whole);
                super.create(key, Arrays.copyOf(whole, whole.length / 2));
              }

              @Override
              public LocalCopy open(String key) throws IOException {
                return key.equals(CompactionFixture.key(WHOLE))
                    ? new KeptCopy(kept)
                    : super.open(key);
              }
            });
    assertThat(compactor.compact(WRITER).merges()).isZero();
    writer.pass(Duration.ofHours(1));
    assertThat(compactor.compact(WRITER).retired()).isZero();
    writer.assertRows(1000);
  }

  private record KeptCopy(Path path) implements LocalCopy {
    @Override
    public void close() {
      // It stays.
    }
  }

  @Test
  void theFifteenMinutesBeginWithTheProcessThatRetires() throws IOException {
    writer.publish(0, tens(100));
    writer.end(1000);
    writer.compactor().compact(WRITER);
    writer.pass(Duration.ofHours(1));

    Compactor next = writer.compactor();
    assertThat(next.compact(WRITER).waiting()).isEqualTo(100);
    writer.pass(Duration.ofMinutes(15).minusNanos(1));
    assertThat(next.compact(WRITER).retired()).isZero();
    writer.pass(Duration.ofNanos(1));
    assertThat(next.compact(WRITER).retired()).isEqualTo(100);
    writer.assertRows(1000);
  }

  @Test
  void nothingIsRetiredForAShardWhoseFooterIsRightAndWhoseRowsAreNot() throws IOException {
    writer.publish(0, tens(2));
    ShardName name = new ShardName(0, 19);
    List<Long> rows = new ArrayList<>(LongStream.range(0, 19).boxed().toList());
    rows.add(18L + 20); // one row of another shard in place of its own
    writer.memory.create(
        key(name),
        OddShard.bytes(folder, WRITER.writer(), name, rows, Collections.nCopies(20, "a")));
    Compactor compactor = writer.compactor();
    compactor.compact(WRITER);
    writer.pass(Duration.ofHours(1));
    CompactionResult result = compactor.compact(WRITER);
    assertThat(result.retired()).isZero();
    assertThat(result.waiting()).isZero();
    assertThat(result.problems())
        .extracting(Problem::message)
        .containsExactly(
            "Cannot read "
                + key(name)
                + ": its rows are not those of its name, each once; put back the original file or"
                + " remove this one");
    assertThat(writer.shards()).hasSize(3);
  }

  @Test
  void junkThatClaimsAllRowsIsNamedAndInNobodysWay() throws IOException {
    ShardName junk = new ShardName(0, 999_999_999_999L);
    writer.memory.create(key(junk), utf8("no shard"));
    writer.publish(0, tens(60));
    Compactor compactor = writer.compactor();
    CompactionResult result = compactor.compact(WRITER);
    assertThat(result.merges()).isEqualTo(2);
    assertThat(result.problems())
        .extracting(Problem::message)
        .containsExactly(
            "Cannot read "
                + key(junk)
                + ": it is no Parquet file; remove it or put back the original");
    writer.pass(Duration.ofHours(1));
    assertThat(compactor.compact(WRITER).retired()).isEqualTo(52);
    assertThat(writer.shards()).contains(junk).hasSize(11);
    writer.assertRows(600);
  }

  @Test
  void aTruncatedMergedShardOverWholeSourcesCoversNothing() throws IOException {
    writer.publish(0, tens(60));
    byte[] whole = writer.bytes(new ShardName(0, 259));
    writer.memory.create(key(new ShardName(0, 259)), Arrays.copyOf(whole, whole.length - 100));
    Compactor compactor = writer.compactor();
    CompactionResult result = compactor.compact(WRITER);
    assertThat(result.merges()).isEqualTo(1); // the other block
    assertThat(result.problems()).hasSize(1);
    writer.pass(Duration.ofHours(1));
    assertThat(compactor.compact(WRITER).retired()).isEqualTo(26);
    writer.assertRows(600);

    // Once it is gone its block is merged.
    writer.memory.delete(key(new ShardName(0, 259)));
    writer.publish(600, tens(10));
    assertThat(compactor.compact(WRITER).merges()).isEqualTo(1);
    writer.assertRows(700);
  }

  @Test
  void aDamagedSourceIsNeverMergedNorCoveredNorRemoved() throws IOException {
    writer.publish(0, tens(60));
    ShardName damaged = new ShardName(100, 109);
    byte[] bytes = writer.memory.read(key(damaged));
    bytes[60] ^= 1;
    writer.memory.replace(key(damaged), bytes);
    Compactor compactor = writer.compactor();
    for (int hour = 0; hour < 3; hour++) {
      CompactionResult result = compactor.compact(WRITER);
      assertThat(result.merges()).isEqualTo(hour == 0 ? 1 : 0);
      assertThat(result.problems()).hasSize(1);
      assertThat(result.problems().get(0).message())
          .startsWith("Cannot read " + key(damaged) + ": its rows are damaged");
      writer.pass(Duration.ofHours(1));
    }
    writer.end(600);
    assertThat(compactor.compact(WRITER).merges()).isEqualTo(1); // 520 to 599, with no other block
    writer.pass(Duration.ofHours(1));
    compactor.compact(WRITER);
    assertThat(writer.shards())
        .contains(damaged, new ShardName(90, 99), new ShardName(110, 119))
        .doesNotContain(new ShardName(260, 269))
        .allMatch(name -> name.equals(damaged) || !name.covers(damaged));

    // Put back, it is merged with the rest.
    bytes[60] ^= 1;
    writer.pass(Duration.ofSeconds(10));
    writer.memory.replace(key(damaged), bytes);
    assertThat(compactor.compact(WRITER).problems()).isEmpty();
    writer.assertRows(600);
    assertThat(writer.shards()).contains(new ShardName(0, 599));
  }

  @Test
  void aSourceThatVanishesIsLookedForOnce() throws IOException {
    writer.publish(0, tens(100));
    writer.end(1000);
    Compactor other = writer.compactor();
    AtomicBoolean happened = new AtomicBoolean();
    Compactor compactor =
        writer.compactor(
            new FlakyShardStore(writer.memory) {
              @Override
              public Listing list(String prefix) throws IOException {
                Listing listing = super.list(prefix);
                if (!happened.getAndSet(true)) {
                  other.compact(WRITER);
                  writer.pass(Duration.ofMinutes(15));
                  other.compact(WRITER);
                }
                return listing;
              }
            });
    CompactionResult result = compactor.compact(WRITER);
    assertThat(result.problems()).isEmpty();
    assertThat(result.merges()).isZero();
    assertThat(writer.shards()).containsExactly(WHOLE);
    writer.assertRows(1000);
  }

  @Test
  void whateverCallOfTheStoreFailsEverythingIsReadableAndTheNextPassesMendIt() throws IOException {
    for (Moment moment : List.of(Moment.BEFORE, Moment.AFTER)) {
      for (int call = 1; ; call++) {
        begin();
        writer.publish(0, tens(9));
        writer.end(90);
        FlakyShardStore flaky = new FlakyShardStore(writer.memory).fail(call, moment);
        Compactor compactor = writer.compactor(flaky);
        compactAndCheck(compactor);
        writer.pass(Duration.ofMinutes(16));
        compactAndCheck(compactor);
        if (flaky.calls().size() < call) {
          assertThat(call).isGreaterThan(20);
          break;
        }
        writer.pass(Duration.ofMinutes(16));
        compactAndCheck(compactor);
        writer.pass(Duration.ofMinutes(16));
        compactAndCheck(compactor);
        assertThat(writer.shards())
            .as("call %d failed %s it was done", call, moment)
            .containsExactly(new ShardName(0, 89));
      }
    }
  }

  private void compactAndCheck(Compactor compactor) throws IOException {
    try {
      compactor.compact(WRITER);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("made to fail");
    }
    writer.assertRows(90);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void withoutRoomForUnfinishedShardsNothingHappensAndItIsSaid() throws IOException {
    writer.publish(0, tens(30));
    Path scratch = folder.resolve("scratch");
    Compactor compactor = new Compactor(writer.memory, scratch, writer.settings());
    CompactionResult result = compactor.compact(WRITER);
    assertThat(result.problems())
        .containsExactly(
            new Problem(
                key(new ShardName(0, 259)),
                "Cannot merge 26 shards of "
                    + WRITER.streamPrefix("metrics")
                    + " into 000000000000-000000000259.parquet: the folder "
                    + scratch
                    + " for unfinished shards is gone; nothing has changed, and it is tried again"
                    + " later"));
    assertThat(writer.shards()).hasSize(30);
    assertThat(compactor.isDue(WRITER)).isFalse();
    writer.pass(Duration.ofMinutes(1));
    assertThat(compactor.isDue(WRITER)).isTrue();
    Files.createDirectory(scratch);
    assertThat(compactor.compact(WRITER).merges()).isEqualTo(1);
  }

  @Test
  void aWriterWhoseFolderIsGoneIsNotMadeAnew() throws IOException {
    writer.publish(0, tens(60));
    Compactor compactor =
        writer.compactor(
            new FlakyShardStore(writer.memory) {
              @Override
              public boolean isPrepared(String prefix) {
                return false;
              }
            });
    CompactionResult result = compactor.compact(WRITER);
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().get(0).message())
        .contains("the root is not mounted, or the run was deleted");
    assertThat(writer.shards()).hasSize(60);
  }

  @Test
  void aNameThatIsTakenByTheSameRowsIsSuccess() throws IOException {
    writer.publish(0, tens(100));
    writer.end(1000);
    Compactor compactor =
        writer.compactor(
            new FlakyShardStore(writer.memory) {
              @Override
              public void publish(String key, Path sealed) throws IOException {
                writer.publish(WHOLE); // by another compactor, in the last moment
                super.publish(key, sealed);
              }
            });
    CompactionResult result = compactor.compact(WRITER);
    assertThat(result.problems()).isEmpty();
    assertThat(result.merges()).isEqualTo(1);
    writer.pass(Duration.ofMinutes(15));
    assertThat(compactor.compact(WRITER).retired()).isEqualTo(100);
    writer.assertRows(1000);
  }

  @Test
  void aLastCardThatCannotBeReadIsNamedAndTheStreamStaysOpen() throws IOException {
    writer.publish(0, tens(5));
    writer.memory.create(WRITER.endKey(), utf8("{"));
    CompactionResult result = writer.compactor().compact(WRITER);
    assertThat(result.merges()).isZero();
    assertThat(result.problems()).extracting(Problem::key).containsExactly(WRITER.endKey());
  }

  @Test
  void theLastMergeWaitsForTheRowsThatTheLastCardCounts() throws IOException {
    writer.publish(0, tens(5));
    writer.end(60);
    Compactor compactor = writer.compactor();
    assertThat(compactor.compact(WRITER).merges()).isZero();
    writer.publish(50, 10);
    assertThat(compactor.compact(WRITER).merges()).isEqualTo(1);
  }

  @Test
  void whoSaysWhatItPublishedKnowsWithoutAskingTheStoreWhenAPassIsDue() throws IOException {
    FlakyShardStore store = new FlakyShardStore(writer.memory);
    Compactor compactor = writer.compactor(store);
    assertThat(compactor.isDue(WRITER)).isTrue(); // nobody has looked yet
    compactor.compact(WRITER);
    int asked = store.calls().size();
    for (int shard = 0; shard < 26; shard++) {
      ShardName name = new ShardName(10L * shard, 10L * shard + 9);
      writer.publish(name);
      compactor.published(WRITER, Stream.METRICS, name, 1000);
      assertThat(compactor.isDue(WRITER)).isFalse();
    }
    ShardName next = new ShardName(260, 269);
    writer.publish(next);
    compactor.published(WRITER, Stream.METRICS, next, 1000);
    assertThat(compactor.isDue(WRITER)).isTrue();
    assertThat(store.calls()).hasSize(asked);
    assertThat(compactor.compact(WRITER).merges()).isEqualTo(1);
    assertThat(compactor.isDue(WRITER)).isFalse();
    // One listing, the sources, the folder, the merged shard, and its footer.
    assertThat(store.calls()).hasSize(asked + 1 + 26 + 3);
  }

  @Test
  void whatAProcessThatDiedLeftInTheScratchFolderIsRemoved() throws IOException {
    Files.createFile(folder.resolve(".merge-123.parquet"));
    Files.createFile(folder.resolve("other"));
    Compactor.removeLeftOvers(folder);
    assertThat(folder)
        .isDirectoryNotContaining("glob:**.parquet")
        .isDirectoryContaining("glob:**other");
  }
}
