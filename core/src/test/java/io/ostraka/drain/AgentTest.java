package io.ostraka.drain;

import static io.ostraka.drain.JournalFixture.WRITER;
import static io.ostraka.drain.JournalFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.journal.JournalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private static final CompactionSettings MERGING =
      new CompactionSettings(System::nanoTime, Duration.ofMillis(100), new Semaphore(1));

  @TempDir Path folder;
  private final List<String> said = new CopyOnWriteArrayList<>();

  private Agent agent(JournalFixture run, Duration idle) {
    return new Agent(run.spool, settings(run), MERGING, idle, said::add);
  }

  private static DrainSettings settings(JournalFixture run) {
    return new DrainSettings(
        unused -> run.store, Clock.systemUTC(), System::nanoTime, new Semaphore(2));
  }

  @Test
  void drainsWhatDeadWritersLeftAndEndsWhenNothingIsLeft() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 300);
      assertThat(agent(run, SHORT).run()).isTrue();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(300));
      assertThat(run.card(WRITER.endKey()).path("state").asText()).isEqualTo("failed");
      assertThat(run.spool.writers()).isEmpty();
      assertThat(said).anyMatch(line -> line.startsWith("done with digits/"));
    }
  }

  @Test
  void anErrorStopsAJournalForAWhileAndNotForEver() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 300);
      AtomicInteger opened = new AtomicInteger();
      DrainSettings settings =
          new DrainSettings(
              unused -> {
                if (opened.getAndIncrement() == 0) {
                  throw new OutOfMemoryError("Java heap space");
                }
                return run.store;
              },
              Clock.systemUTC(),
              () -> 100 * System.nanoTime(), // the twenty seconds pass in no time
              new Semaphore(2));
      assertThat(new Agent(run.spool, settings, MERGING, Duration.ofMinutes(2), said::add).run())
          .isTrue();
      assertThat(said)
          .anyMatch(line -> line.contains("for 20 s: it needs more memory than an agent has"));
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(300));
      assertThat(run.spool.writers()).isEmpty();
    }
  }

  @Test
  void leavesASpoolToTheAgentThatHasIt() throws IOException {
    try (JournalFixture run = new JournalFixture(folder);
        AliveLock other = AliveLock.tryLock(run.spool.agentLock()).orElseThrow()) {
      assertThat(other).isNotNull();
      assertThat(agent(run, SHORT).run()).isFalse();
    }
  }

  @Test
  void refusesACopyOfASpoolUntilItIsTakenOver() throws IOException {
    try (JournalFixture run = new JournalFixture(folder.resolve("first"))) {
      run.log(0, 20);
      Path copy = Files.createDirectory(folder.resolve("second"));
      try (var files = Files.list(run.spool.folder())) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(file.getFileName().toString()));
        }
      }
      Spool copied = Spool.open(copy);
      Publisher publisher = new Publisher(copied, settings(run), MERGING);
      assertThatThrownBy(() -> publisher.run((writer, journal, journals, bytes) -> {}))
          .hasMessageContaining("--take-over");
      run.alive = false;
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(20));
      Publisher.Result result =
          new Publisher(copied.takeOver(), settings(run), MERGING)
              .run((writer, journal, journals, bytes) -> {});
      assertThat(result.left()).isEmpty();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(20));
    }
  }

  @Test
  void publishesInTheForegroundAndSaysHowFarItIs() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 100);
      List<Long> bytes = new CopyOnWriteArrayList<>();
      Publisher.Result result =
          new Publisher(run.spool, settings(run), MERGING)
              .run((writer, journal, journals, published) -> bytes.add(published));
      assertThat(result.published()).containsExactly(WRITER.writer());
      assertThat(bytes).isNotEmpty().isSorted();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(100));
    }
  }

  @Test
  void removesAWriterThatWasKilledWhileItBegan() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      JournalFiles begun = run.spool.files(WriterId.of(1, 7));
      Files.write(begun.alive(), new byte[0]);
      Files.write(begun.control(), new byte[4096]);
      Files.write(begun.segment(0), new byte[4096]);
      assertThat(agent(run, SHORT).run()).isTrue();
      assertThat(run.spool.writers()).isEmpty();
    }
  }

  @Test
  void leavesAJournalWithADamagedHeaderAsItIs() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      byte[] journal = Files.readAllBytes(run.files.segment(0));
      journal[40] ^= 1;
      Files.write(run.files.segment(0), journal);
      assertThat(agent(run, SHORT).run()).isTrue();
      assertThat(run.files.segments()).containsExactly(0);
      assertThat(said).anyMatch(line -> line.contains("is damaged; its files are kept"));
    }
  }
}
