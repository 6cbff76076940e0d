package io.ostraka.sync;

import static io.ostraka.sync.SyncedRoots.OTHER;
import static io.ostraka.sync.SyncedRoots.RUN;
import static io.ostraka.sync.SyncedRoots.WRITER;
import static io.ostraka.sync.SyncedRoots.key;
import static io.ostraka.sync.SyncedRoots.objects;
import static io.ostraka.sync.SyncedRoots.sync;
import static io.ostraka.sync.SyncedRoots.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.WriterKey;
import io.ostraka.store.FlakyShardStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncTest {
  @TempDir private Path folder = Path.of("");

  private SyncedRoots roots;

  @BeforeEach
  void logARun() throws IOException {
    roots = new SyncedRoots(folder);
    roots.log();
  }

  @Test
  void copiesAllOfTheRunsByteByByte() throws Exception {
    SyncResult result = roots.sync();
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
    assertThat(result.all().objects()).isEqualTo(8);
    assertThat(result.problems()).isEmpty();
    roots.assertRows(350);
  }

  @Test
  void doingItAgainWritesNothing() throws Exception {
    roots.sync();
    FlakyShardStore watched = new FlakyShardStore(roots.target);
    SyncResult result = sync(roots.source, watched, roots.settings());
    assertThat(result.all().objects()).isZero();
    assertThat(result.present()).isEqualTo(8);
    assertThat(watched.calls())
        .noneMatch(call -> call.matches("(publish|create|replace|edit|delete) .*"));
  }

  @Test
  void manyJobsCopyTheSameAsOne() throws Exception {
    for (int i = 0; i < 100; i++) {
      WriterKey writer = new WriterKey(new RunKey("p", "run-" + i), WRITER.writer());
      roots.source.create(writer.shardKey("metrics", new ShardName(0, 99)), roots.shard(0, 99));
    }
    sync(roots.source, roots.target, new SyncSettings(16, false, false, false, roots.clock));
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
  }

  @Test
  void copiesOnlyWhatIsInTheScope() throws Exception {
    RunKey second = new RunKey("p", "second");
    RunKey third = new RunKey("q", "third");
    for (RunKey run : List.of(second, third)) {
      SyncedRoots.card(roots.source, new WriterKey(run, WRITER.writer()), 1);
    }
    try (Sync sync =
        new Sync(roots.source, roots.target, roots.settings(), new SyncedRoots.Unheard())) {
      sync.run(new SyncScope(Optional.of("q"), List.of()));
    }
    assertThat(roots.target.listNames("")).containsExactly("project=q");
    try (Sync sync =
        new Sync(roots.source, roots.target, roots.settings(), new SyncedRoots.Unheard())) {
      sync.run(new SyncScope(Optional.empty(), List.of(second)));
    }
    assertThat(roots.target.listNames("project=p/")).containsExactly("run=second");
  }

  @Test
  void aDryRunTellsWhatARealOneCopiesAndWritesNothing() throws Exception {
    SyncSettings dry = new SyncSettings(1, false, true, true, roots.clock);
    SyncResult planned = sync(roots.source, roots.target, dry);
    assertThat(objects(roots.target)).isEmpty();
    SyncResult done = roots.sync();
    assertThat(planned.copied()).isEqualTo(done.copied());
  }

  @Test
  void whatIsDerivedOrOtherPeoplesIsLeftAlone() throws Exception {
    roots.source.create("_dashboard/index.html", utf8("page"));
    roots.source.create(RunKey.editMarkKey("p"), utf8("mark"));
    roots.source.create("README.txt", utf8("hello"));
    roots.source.create(WRITER.prefix() + "files/notes.txt", utf8("hello"));
    SyncResult result = roots.sync();
    assertThat(result.foreign()).isEqualTo(2);
    assertThat(roots.target.listNames("")).containsExactly("project=p");
    assertThat(roots.target.exists(WRITER.prefix() + "files/notes.txt")).isFalse();
  }

  @Test
  void aStreamOfALaterVersionIsCopiedToo() throws Exception {
    String later = WRITER.prefix() + "holograms/000000000000-000000000099.parquet";
    roots.source.create(later, roots.shard(0, 99));
    roots.sync();
    assertThat(roots.target.read(later)).isEqualTo(roots.shard(0, 99));
  }

  @Test
  void ofMergedShardsOnlyTheMergedOneIsCopied() throws Exception {
    roots.source.create(key(0, 349), roots.shard(0, 349));
    roots.sync();
    assertThat(roots.target.listNames(WRITER.streamPrefix("metrics")))
        .containsExactly("000000000000-000000000349.parquet");
    roots.assertRows(350);
  }

  @Test
  void whatTheTargetHasMergedIsNotCopiedAgain() throws Exception {
    roots.sync();
    roots.target.create(key(0, 349), roots.shard(0, 349));
    roots.target.delete(key(0, 99));
    assertThat(roots.sync().all().objects()).isZero();
    roots.target.replace(key(0, 349), utf8("no shard"));
    assertThat(roots.sync().all().objects()).isEqualTo(1);
    assertThat(roots.target.exists(key(0, 99))).isTrue();
  }

  @Test
  void aDamagedShardIsLeftOutAndSaidAndWhatItCoveredIsCopied() throws Exception {
    roots.source.create(key(0, 299), Arrays.copyOf(roots.shard(0, 299), 500));
    SyncResult result = roots.sync();
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().get(0).message()).contains(key(0, 299), "cut short");
    roots.assertRows(350);
    assertThat(roots.target.exists(WRITER.endKey())).isTrue();
  }

  @Test
  void aBlobOfOtherBytesThanItsNameSaysIsLeftOut() throws Exception {
    String blob = WRITER.prefix() + "files/" + "0".repeat(64) + ".png";
    roots.source.create(blob, utf8("a picture"));
    assertThat(roots.sync().problems().get(0).message()).contains(blob, "hash");
    assertThat(roots.target.exists(blob)).isFalse();
  }

  @Test
  void aFileCutShortAtTheTargetIsPutRight() throws Exception {
    roots.sync();
    roots.target.replace(key(100, 299), Arrays.copyOf(roots.shard(100, 299), 700));
    roots.target.replace(WRITER.endKey(), utf8("{\"state\""));
    SyncResult result = roots.sync();
    assertThat(result.all().objects()).isEqualTo(2);
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
  }

  @Test
  void aShardThatAnotherVersionEncodedIsKept() throws Exception {
    roots.sync();
    byte[] other = roots.shard(100, 299);
    roots.source.replace(key(100, 299), roots.shard(100, 299));
    roots.target.replace(key(100, 299), padded(other));
    assertThat(roots.sync().all().objects()).isZero();
    assertThat(roots.target.read(key(100, 299))).isEqualTo(padded(other));
    assertThat(sync(roots.source, roots.target, roots.verifying()).problems()).isEmpty();
    assertThat(roots.target.read(key(100, 299))).isEqualTo(padded(other));
  }

  @Test
  void whatAnotherPutsThereMeanwhileIsNotReplaced() throws Exception {
    byte[] theirs = padded(roots.shard(100, 299));
    FlakyShardStore raced =
        new FlakyShardStore(roots.target) {
          @Override
          public void publish(String name, Path sealed) throws IOException {
            if (name.equals(key(100, 299)) && !roots.target.exists(name)) {
              roots.target.create(name, theirs);
            }
            super.publish(name, sealed);
          }
        };
    assertThat(sync(roots.source, raced, roots.settings()).problems()).isEmpty();
    assertThat(roots.target.read(key(100, 299))).isEqualTo(theirs);
    roots.assertRows(350);
  }

  /** The same shard with some bytes that nobody refers to before its footer. */
  private static byte[] padded(byte[] shard) {
    int footer = ByteBuffer.wrap(shard).order(ByteOrder.LITTLE_ENDIAN).getInt(shard.length - 8);
    int at = shard.length - 8 - footer;
    byte[] padded = new byte[shard.length + 16];
    System.arraycopy(shard, 0, padded, 0, at);
    System.arraycopy(shard, at, padded, at + 16, shard.length - at);
    return padded;
  }

  @Test
  void damageWithinAFileIsFoundByVerifyAndPutRight() throws Exception {
    roots.sync();
    byte[] spoilt = roots.shard(100, 299);
    spoilt[200] ^= 0x20;
    roots.target.replace(key(100, 299), spoilt);
    assertThat(roots.sync().all().objects()).isZero();
    assertThat(sync(roots.source, roots.target, roots.verifying()).all().objects()).isEqualTo(1);
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
  }

  @Test
  void verifyNeverPutsDamageOverWhatIsGood() throws Exception {
    roots.sync();
    byte[] spoilt = roots.shard(100, 299);
    spoilt[200] ^= 0x20;
    roots.source.replace(key(100, 299), spoilt);
    SyncResult result = sync(roots.source, roots.target, roots.verifying());
    assertThat(result.problems().get(0).message()).contains(key(100, 299));
    assertThat(roots.target.read(key(100, 299))).isEqualTo(roots.shard(100, 299));
  }

  @Test
  void aCardFollowsUnlessTheTargetHasALaterOne() throws Exception {
    roots.sync();
    SyncedRoots.card(roots.source, OTHER, 2);
    assertThat(roots.sync().all().objects()).isEqualTo(1);
    assertThat(roots.target.read(OTHER.cardKey())).isEqualTo(roots.source.read(OTHER.cardKey()));
    SyncedRoots.card(roots.target, OTHER, 3);
    assertThat(roots.sync().all().objects()).isZero();
    assertThat(new String(roots.target.read(OTHER.cardKey()), UTF_8)).contains("10:03");
  }

  @Test
  void watchingEndsWhenTheLastWriterHas() throws Exception {
    FlakyShardStore watched = new FlakyShardStore(roots.source);
    Schedule schedule = new Schedule();
    try (Sync sync = new Sync(watched, roots.target, roots.settings(), new SyncedRoots.Unheard())) {
      sync.watch(SyncScope.ALL, schedule);
    }
    assertThat(schedule.pauses).isEqualTo(3);
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
    assertThat(roots.target.exists(OTHER.endKey())).isTrue();
  }

  /** The other writer goes on while the sync pauses, and ends. */
  private final class Schedule implements Sync.Pause {
    private int pauses;

    @Override
    public void take(Duration time) {
      pauses++;
      roots.clock.advance(time);
      try {
        SyncedRoots.card(roots.source, OTHER, 10 + pauses);
        if (pauses == 3) {
          roots.source.create(OTHER.endKey(), utf8("{\"state\":\"finished\"}"));
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void watchingEndsWhenTheLastWriterHasCrashed() throws Exception {
    try (Sync sync =
        new Sync(roots.source, roots.target, roots.settings(), new SyncedRoots.Unheard())) {
      sync.watch(SyncScope.ALL, time -> roots.clock.advance(time));
    }
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
  }

  @Test
  void aWatchGoesOnAfterAPassingTroubleAndGivesUpAfterAnHour() throws Exception {
    FlakyShardStore flaky = new FlakyShardStore(roots.target);
    try (Sync sync = new Sync(roots.source, flaky, roots.settings(), new SyncedRoots.Unheard())) {
      sync.watch(
          SyncScope.ALL,
          time -> {
            roots.clock.advance(time);
            flaky.failNext(FlakyShardStore.Moment.BEFORE);
          });
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("made to fail");
    }
    assertThat(roots.clock.instant()).isAfter(Instant.parse("2026-11-21T11:14:00Z"));

    SyncedRoots.card(roots.source, OTHER, 2);
    boolean[] failed = {false};
    try (Sync sync = new Sync(roots.source, flaky, roots.settings(), new SyncedRoots.Unheard())) {
      sync.watch(
          SyncScope.ALL,
          time -> {
            roots.clock.advance(time);
            if (!failed[0]) {
              flaky.failNext(FlakyShardStore.Moment.BEFORE);
              failed[0] = true;
            }
          });
    }
    assertThat(failed[0]).isTrue();
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
  }

  @Test
  void stoppedItEndsWithOneLineAndGoesOnTheNextTime() throws Exception {
    try (Sync sync =
        new Sync(roots.source, roots.target, roots.settings(), new SyncedRoots.Unheard())) {
      sync.stop();
      assertThatThrownBy(() -> sync.run(SyncScope.ALL)).isInstanceOf(SyncStoppedException.class);
    }
    roots.sync();
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
  }

  @Test
  void aTargetThatDoesNotKeepWhatItIsGivenIsSaid() {
    FlakyShardStore forgets =
        new FlakyShardStore(roots.target) {
          @Override
          protected void done(String what) {
            if (what.equals("publish " + key(0, 99))) {
              roots.target.delete(key(0, 99));
            }
          }
        };
    assertThatThrownBy(() -> sync(roots.source, forgets, roots.settings()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(key(0, 99) + " was copied 3 times");
    assertThat(RUN.run()).isEqualTo("r");
  }
}
