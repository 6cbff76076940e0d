package io.ostraka.sync;

import static io.ostraka.sync.SyncedRoots.RUN;
import static io.ostraka.sync.SyncedRoots.WRITER;
import static io.ostraka.sync.SyncedRoots.key;
import static io.ostraka.sync.SyncedRoots.objects;
import static io.ostraka.sync.SyncedRoots.sync;
import static io.ostraka.sync.SyncedRoots.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.WriterKey;
import io.ostraka.edit.RunEdits;
import io.ostraka.edit.RunPurge;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --delete} removes at the target, and what it does not. */
class SyncCleaningTest {
  @TempDir private Path folder = Path.of("");

  private SyncedRoots roots;

  @BeforeEach
  void copyARunAndMergeIt() throws Exception {
    roots = new SyncedRoots(folder);
    roots.log();
    roots.sync();
    roots.source.create(key(0, 349), roots.shard(0, 349));
    roots.source.delete(key(0, 99));
    roots.source.delete(key(100, 299));
    roots.source.delete(key(300, 349));
  }

  private SyncResult deleting() throws IOException, InterruptedException {
    return sync(roots.source, roots.target, roots.deleting());
  }

  @Test
  void nothingIsRemovedUnasked() throws Exception {
    roots.sync();
    roots.clock.advance(Duration.ofDays(1));
    assertThat(roots.sync().removedObjects()).isZero();
    assertThat(roots.target.exists(key(0, 99))).isTrue();
    roots.assertRows(350);
  }

  @Test
  void coveredShardsGoWhenTheMergedOneHasBeenThereForAWhile() throws Exception {
    assertThat(deleting().removedObjects()).isZero();
    roots.clock.advance(Duration.ofMinutes(14));
    assertThat(deleting().removedObjects()).isZero();
    roots.clock.advance(Duration.ofMinutes(1));
    assertThat(deleting().removedObjects()).isEqualTo(3);
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
    roots.assertRows(350);
  }

  @Test
  void nothingGoesThatOnlyADamagedShardCovers() throws Exception {
    roots.target.create(key(0, 299), Arrays.copyOf(roots.shard(0, 299), 600));
    roots.source.replace(key(0, 349), utf8("damaged"));
    roots.clock.advance(Duration.ofDays(1));
    deleting();
    assertThat(roots.target.exists(key(0, 99))).isTrue();
    roots.assertRows(350);
  }

  @Test
  void whatTheSourceStillReadsStays() throws Exception {
    roots.source.delete(key(0, 349));
    roots.source.create(key(0, 99), roots.shard(0, 99));
    roots.target.create(key(0, 349), roots.shard(0, 349));
    roots.clock.advance(Duration.ofDays(1));
    deleting();
    assertThat(roots.target.exists(key(0, 99))).isTrue();
    assertThat(roots.target.exists(key(100, 299))).isFalse();
    roots.assertRows(350);
  }

  @Test
  void rowsThatTheSourceHasLostStay() throws Exception {
    roots.source.delete(key(0, 349));
    roots.clock.advance(Duration.ofDays(1));
    assertThat(deleting().removedObjects()).isZero();
    roots.assertRows(350);
  }

  @Test
  void aRunFromElsewhereStaysAndIsNamed() throws Exception {
    RunKey elsewhere = new RunKey("p", "elsewhere");
    SyncedRoots.card(roots.target, new WriterKey(elsewhere, WRITER.writer()), 1);
    SyncResult result = deleting();
    assertThat(result.extra()).containsExactly(elsewhere);
    assertThat(result.removedRuns()).isZero();
  }

  @Test
  void aRunThatWasDeletedAndPurgedAtTheSourceGoesOnceItIsDue() throws Exception {
    SyncedRoots.card(roots.source, new WriterKey(new RunKey("p", "second"), WRITER.writer()), 1);
    new RunEdits(roots.source, roots.clock).delete(RUN);
    roots.sync();
    roots.clock.advance(Duration.ofHours(1));
    new RunPurge(roots.source, roots.clock).purge(RUN, RunPurge.When.NOW);
    assertThat(deleting().removedRuns()).isZero();
    roots.clock.advance(RunEdits.UNDO);
    assertThat(deleting().removedRuns()).isEqualTo(1);
    assertThat(roots.target.list(RUN.prefix()).objects()).isEmpty();
    assertThat(roots.target.listNames("project=p/")).contains("run=second");
  }

  @Test
  void aSourceWithoutAnyRunRemovesNothing() throws Exception {
    new RunEdits(roots.source, roots.clock).delete(RUN);
    roots.sync();
    roots.clock.advance(Duration.ofDays(30));
    new RunPurge(roots.source, roots.clock).purge(RUN, RunPurge.When.NOW);
    assertThat(deleting().removedRuns()).isZero();
  }
}
