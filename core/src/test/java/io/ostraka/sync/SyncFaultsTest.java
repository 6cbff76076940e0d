package io.ostraka.sync;

import static io.ostraka.sync.SyncedRoots.WRITER;
import static io.ostraka.sync.SyncedRoots.key;
import static io.ostraka.sync.SyncedRoots.objects;
import static io.ostraka.sync.SyncedRoots.sync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.Listing;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Syncs that die at every call, and sources that change under them. */
class SyncFaultsTest {
  private static final int MANY = 1000;

  @TempDir private Path folder = Path.of("");

  private SyncedRoots roots;

  @BeforeEach
  void logARun() throws IOException {
    roots = new SyncedRoots(folder);
    roots.log();
  }

  /** A store that a process talks to which is killed at one of its calls, and makes none after. */
  private static final class UntilKilled extends FlakyShardStore {
    private final int last;
    private final Moment moment;

    UntilKilled(ShardStore store, int last, Moment moment) {
      super(store);
      this.last = last;
      this.moment = moment;
    }

    @Override
    protected synchronized Moment begin(String what) {
      super.begin(what);
      int made = calls().size();
      return made < last ? Moment.NEVER : made == last ? moment : Moment.BEFORE;
    }
  }

  @Test
  void killedAtAnyCallOfTheTargetItGoesOnAndAReaderSeesNoHalfState() throws Exception {
    int killed = 0;
    for (FlakyShardStore.Moment moment :
        new FlakyShardStore.Moment[] {
          FlakyShardStore.Moment.BEFORE, FlakyShardStore.Moment.AFTER
        }) {
      for (int call = 1; call < MANY; call++) {
        logARun();
        UntilKilled dies = new UntilKilled(roots.target, call, moment);
        try {
          sync(roots.source, dies, roots.settings());
          break;
        } catch (IOException e) {
          killed++;
        }
        roots.assertHonest(350);
        roots.sync();
        assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
        roots.assertRows(350);
      }
    }
    assertThat(killed).isGreaterThan(20);
  }

  @Test
  void aCallOfTheSourceThatFailsLeavesNothingOutForGood() throws Exception {
    int failed = 0;
    for (int call = 1; call < MANY; call++) {
      logARun();
      FlakyShardStore flaky =
          new FlakyShardStore(roots.source).fail(call, FlakyShardStore.Moment.BEFORE);
      try {
        failed += sync(flaky, roots.target, roots.settings()).problems().size();
      } catch (IOException e) {
        failed++;
      }
      roots.assertHonest(350);
      if (flaky.calls().size() < call) {
        break;
      }
      roots.sync();
      assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
    }
    assertThat(failed).isGreaterThan(2);
  }

  @Test
  void shardsThatAreMergedAfterTheListingComeAsWhatTheyWereMergedInto() throws Exception {
    FlakyShardStore compacted =
        new FlakyShardStore(roots.source) {
          @Override
          protected void done(String what) {
            if (what.startsWith("open ") && what.endsWith(key(0, 99))) {
              merge();
            }
          }
        };
    FlakyShardStore read =
        new FlakyShardStore(roots.target) {
          @Override
          protected void done(String what) {
            honest();
          }
        };
    sync(compacted, read, roots.settings());
    roots.assertRows(350);
    assertThat(roots.target.exists(key(0, 349))).isTrue();
    assertThat(roots.target.exists(key(100, 299))).isFalse();
    assertThat(roots.target.exists(WRITER.endKey())).isTrue();
  }

  private void merge() {
    try {
      roots.source.create(key(0, 349), roots.shard(0, 349));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    roots.source.delete(key(0, 99));
    roots.source.delete(key(100, 299));
    roots.source.delete(key(300, 349));
  }

  private void honest() {
    try {
      roots.assertHonest(350);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aListingThatHasTheEndAndNotTheLastShardDoesNotEndTheCopyEarly() throws Exception {
    TornOnce torn = new TornOnce(roots.source);
    FlakyShardStore read =
        new FlakyShardStore(roots.target) {
          @Override
          protected void done(String what) {
            honest();
          }
        };
    sync(torn, read, roots.settings());
    roots.assertRows(350);
  }

  @Test
  void aShardThatIsMergedInTheRoundOfTheEndHoldsTheEndBack() throws Exception {
    TornOnce torn =
        new TornOnce(roots.source) {
          @Override
          public LocalCopy openAnew(String key) throws IOException {
            if (key.equals(key(300, 349))) {
              merge();
            }
            return super.openAnew(key);
          }
        };
    FlakyShardStore read =
        new FlakyShardStore(roots.target) {
          @Override
          protected void done(String what) {
            honest();
          }
        };
    sync(torn, read, roots.settings());
    roots.assertRows(350);
    assertThat(roots.target.exists(WRITER.endKey())).isTrue();
  }

  /** The first listing was made while the last shard was published, and the end after it. */
  private static class TornOnce extends FlakyShardStore {
    private boolean torn;

    TornOnce(ShardStore store) {
      super(store);
    }

    @Override
    public Listing list(String prefix) throws IOException {
      Listing whole = super.list(prefix);
      if (torn) {
        return whole;
      }
      torn = true;
      return new Listing(
          whole.objects().stream().filter(object -> !object.key().equals(key(300, 349))).toList(),
          whole.listedAt());
    }
  }

  @Test
  void aRootThatIsUnmountedMeanwhileIsNotTakenForAnEmptyOne() throws Exception {
    assertGone(roots.source);
    logARun();
    assertGone(roots.target);
  }

  private void assertGone(MemoryShardStore unmounted) {
    assertThatThrownBy(() -> watchWhileItGoes(unmounted))
        .hasMessageContaining("its runs are gone; is it mounted?");
    assertThat(unmounted.list("").objects()).isEmpty();
  }

  private void watchWhileItGoes(MemoryShardStore unmounted) throws Exception {
    try (Sync sync =
        new Sync(roots.source, roots.target, roots.settings(), new SyncedRoots.Unheard())) {
      sync.watch(
          SyncScope.ALL,
          time -> unmounted.list("").objects().forEach(object -> unmounted.delete(object.key())));
    }
  }

  @Test
  void aSourceThatVanishesAgainAndAgainIsSaid() {
    FlakyShardStore vanishing =
        new FlakyShardStore(roots.source) {
          @Override
          public LocalCopy openAnew(String key) throws IOException {
            if (key.equals(key(0, 99))) {
              throw new NoSuchFileException(key);
            }
            return super.openAnew(key);
          }
        };
    assertThatThrownBy(() -> sync(vanishing, roots.target, roots.settings()))
        .hasMessageContaining("vanish again and again");
  }
}
