package io.ostraka.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.drain.DrainLog.Seal;
import io.ostraka.journal.JournalFiles;
import io.ostraka.sim.FaultyFileSystem;
import io.ostraka.sim.ProcessStopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DrainLogTest {
  @TempDir private Path folder;

  private final FaultyFileSystem disk = new FaultyFileSystem();
  private long next;

  private JournalFiles files(FaultyFileSystem process) {
    return new JournalFiles(process.path(folder), WriterId.of(0, 1));
  }

  private DrainLog open() throws IOException {
    return DrainLog.lock(files(disk)).orElseThrow();
  }

  private static Seal seal(long first, long last) {
    return new Seal(100 * last, Map.of(Stream.METRICS, new ShardName(first, last)));
  }

  @Test
  void aRangeIsOnTheDiskWhenItIsDecided() throws IOException {
    try (DrainLog log = open()) {
      log.seal(seal(0, 9));
      assertThat(disk.isSynced(files(disk).drain())).isTrue();
      log.markPublished();
      assertThat(disk.isSynced(files(disk).drain())).isFalse();
      log.sync();
      assertThat(disk.isSynced(files(disk).drain())).isTrue();
    }
  }

  @Test
  void aRangeThatCouldNotBeSyncedIsNotDecided() throws IOException {
    try (DrainLog log = open()) {
      disk.faults().failAfter(1, "Input/output error");
      assertThatIOException().isThrownBy(() -> log.seal(seal(0, 9)));
      assertThat(log.nextRow(Stream.METRICS)).isZero();
      log.seal(seal(0, 19));
    }
    try (DrainLog again = open()) {
      assertThat(again.unpublished()).contains(seal(0, 19));
    }
  }

  @Test
  void whereverTheProcessStopsARangeIsDecidedWholeOrNotAtAll() throws IOException {
    boolean stopped = true;
    for (int operations = 0; stopped; operations++) {
      JournalFiles own = new JournalFiles(disk.path(folder), WriterId.of(operations, 1));
      try (DrainLog log = DrainLog.lock(own).orElseThrow()) {
        log.seal(seal(0, 9));
        log.markPublished();
      }
      FaultyFileSystem process = new FaultyFileSystem();
      JournalFiles same = new JournalFiles(process.path(folder), own.writer());
      DrainLog log = DrainLog.lock(same).orElseThrow();
      process.faults().stopAfter(operations, true);
      try {
        log.seal(seal(10, 19));
        log.restart(2000, Map.of(Stream.METRICS, 20L));
        log.seal(seal(20, 29));
        stopped = false;
      } catch (ProcessStopped e) {
        process.end();
      }
      log.close();
      try (DrainLog again = DrainLog.lock(own).orElseThrow()) {
        assertThat(again.nextRow(Stream.METRICS)).isIn(10L, 20L, 30L);
        assertThat(again.publishedRow(Stream.METRICS)).isIn(10L, 20L);
        Optional<Seal> next = again.unpublished();
        next.ifPresent(seal -> assertThat(seal).isIn(seal(10, 19), seal(20, 29)));
      }
    }
  }

  @Test
  void rangesAreDecidedOnADiskThatIsFull() throws IOException {
    try (DrainLog log = open()) {
      log.seal(seal(0, 9));
      log.markPublished();
      disk.faults().full(true);
      for (long first = 10; first < 410; first += 10) {
        log.seal(seal(first, first + 9));
        log.markPublished();
        log.shorten();
      }
      log.seal(seal(410, 419));
    }
    try (DrainLog again = open()) {
      assertThat(again.unpublished()).contains(seal(410, 419));
    }
  }

  @Test
  void theRecordGrowsOnlyWhileTheDiskHasNoRoomForWhatItComesTo() throws IOException {
    try (DrainLog log = open()) {
      publishUntilLongerThan(log, 44 << 10);
      disk.faults().full(true);
      publishUntilLongerThan(log, 49 << 10);
      assertThat(files(disk).drainBase()).doesNotExist();
      disk.faults().full(false);
      log.shorten();
      assertThat(files(disk).drainBase()).exists();
      assertThat(lengthOfLines()).isZero();
    }
    try (DrainLog again = open()) {
      assertThat(again.nextRow(Stream.METRICS)).isEqualTo(next);
    }
  }

  private void publishUntilLongerThan(DrainLog log, int bytes) throws IOException {
    while (lengthOfLines() < bytes) {
      log.seal(seal(next, next + 9));
      log.markPublished();
      log.shorten();
      next += 10;
    }
  }

  private long lengthOfLines() throws IOException {
    return Files.readString(folder.resolve(WriterId.of(0, 1) + ".drain")).lastIndexOf('\n') + 1L;
  }

  @Test
  void aRecordHasOneDrainer() throws IOException {
    try (DrainLog log = open()) {
      assertThat(log.isEmpty()).isTrue();
      assertThat(DrainLog.lock(files(new FaultyFileSystem()))).isEmpty();
    }
    assertThat(DrainLog.lock(files(disk))).isPresent();
  }

  @Test
  void aStoppedProcessChangesNothingAnyMore() throws IOException {
    DrainLog log = open();
    log.seal(seal(0, 9));
    disk.end();
    assertThatThrownBy(() -> log.seal(seal(10, 19))).isInstanceOf(ProcessStopped.class);
    try (DrainLog again = DrainLog.lock(files(new FaultyFileSystem())).orElseThrow()) {
      assertThat(again.nextRow(Stream.METRICS)).isEqualTo(10);
    }
  }
}
