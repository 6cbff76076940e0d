package io.ostraka.drain;

import static io.ostraka.drain.JournalFixture.WRITER;
import static io.ostraka.drain.JournalFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.journal.JournalFiles;
import io.ostraka.sim.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The spool's disk is full and the root has room: what is published makes room in the spool. */
final class FullSpoolTest {
  @TempDir private Path folder;
  @TempDir private Path spare;

  private final FaultyFileSystem disk = new FaultyFileSystem();
  private JournalFixture run;

  @BeforeEach
  void begin() throws IOException {
    run = new JournalFixture(folder);
  }

  @AfterEach
  void end() throws IOException {
    run.close();
  }

  @Test
  void whatWaitsIsPublishedByWayOfASpareFolder() throws IOException {
    try (Drainer drainer = open(disk, List.of(spare))) {
      logAndDrain(drainer, 0, 100);
      disk.faults().full(true);
      logAndDrain(drainer, 100, 2000);
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(2000));
      assertThat(spare).isEmptyDirectory();
    }
  }

  @Test
  void theFirstSpareFolderWithRoomIsTaken() throws IOException {
    FaultyFileSystem full = new FaultyFileSystem();
    full.faults().full(true);
    List<Path> folders = List.of(folder.resolve("nowhere"), full.path(folder), spare);
    try (Drainer drainer = open(disk, folders)) {
      logAndDrain(drainer, 0, 100);
      disk.faults().full(true);
      logAndDrain(drainer, 100, 200);
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(200));
      assertThat(folder).isDirectoryNotContaining("glob:**.parquet");
    }
  }

  @Test
  void aRangeThatLayInASpareFolderWhenItsDrainerWasKilledIsPublishedAsItWasDecided()
      throws IOException {
    Drainer killed = open(disk, List.of(spare));
    logAndDrain(killed, 0, 100);
    disk.faults().full(true);
    run.publishFails = true;
    run.log(100, 150);
    assertThatIOException().isThrownBy(() -> drainAll(killed));
    assertThat(spare).isNotEmptyDirectory();
    disk.end();
    run.publishFails = false;
    run.log(150, 200);
    try (Drainer drainer = open(new FaultyFileSystem(), List.of(spare))) {
      drainAll(drainer);
    }
    assertThat(run.shards(Stream.METRICS)).contains(new ShardName(200, 299));
    assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(200));
    assertThat(spare).isEmptyDirectory();
  }

  @Test
  void inAFolderOfAllWhatSomebodyElseMadeIsNotWrittenTo() throws IOException {
    Path theirs = Files.writeString(spare.resolve("theirs"), "theirs");
    Path link = spare.resolve("ostraka-" + WRITER.writer() + "-metrics.parquet");
    try (Drainer drainer = open(disk, List.of(spare))) {
      logAndDrain(drainer, 0, 100);
      Files.createSymbolicLink(link, theirs);
      disk.faults().full(true);
      run.publishFails = true;
      run.log(100, 150);
      assertThatIOException().isThrownBy(() -> drainAll(drainer));
      assertThat(Files.isSymbolicLink(link)).isFalse();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(link)))
          .isEqualTo("rw-------");
    }
    assertThat(theirs).hasContent("theirs");
  }

  @Test
  void withoutRoomAnywhereItWaitsAndGoesOnOnceThereIsSome() throws IOException {
    try (Drainer drainer = open(disk, List.of())) {
      logAndDrain(drainer, 0, 100);
      disk.faults().full(true);
      run.log(100, 200);
      assertThatIOException()
          .isThrownBy(() -> drainAll(drainer))
          .withMessageContaining("Cannot encode what waits in ")
          .withMessageContaining("No space left on device")
          .withMessageEndingWith("free some space there");
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(100));
      disk.faults().full(false);
      drainAll(drainer);
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(200));
    }
  }

  private Drainer open(FaultyFileSystem process, List<Path> spareFolders) throws IOException {
    DrainSettings settings =
        new DrainSettings(
            unused -> run.store,
            run.clock,
            run.ticks::get,
            new Semaphore(1),
            RowMemory.usual(),
            spareFolders);
    JournalFiles files = new JournalFiles(process.path(folder), WRITER.writer());
    return Drainer.open(files, settings, () -> true).orElseThrow();
  }

  private void logAndDrain(Drainer drainer, long from, long to) throws IOException {
    run.log(from, to);
    drainAll(drainer);
  }

  private static void drainAll(Drainer drainer) throws IOException {
    while (drainer.publishNow() == Drainer.Outcome.WORKED) {
      // until all is published
    }
  }
}
