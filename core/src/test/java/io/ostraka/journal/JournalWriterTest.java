package io.ostraka.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.FlushSettings;
import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.Rows;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalWriterTest {
  private static final WriterKey WRITER =
      new WriterKey(new RunKey("p", "r"), new WriterId("r000000-9f1c0a77d2e4b581"));
  private static final JournalLimits WIDE = new JournalLimits(1L << 30, Duration.ZERO);

  @TempDir Path folder;

  private JournalFiles files() {
    return new JournalFiles(folder, WRITER.writer());
  }

  private JournalWriter open(JournalLimits limits) throws IOException {
    JournalHeader header =
        new JournalHeader(
            WRITER,
            URI.create("file:///data"),
            "",
            "",
            new TimeBase(1000, 0),
            FlushSettings.FOLDER,
            Duration.ofSeconds(10),
            JournalHeader.Progress.start(),
            JsonNodeFactory.instance.objectNode());
    return JournalWriter.create(files(), header, limits, () -> 5_000_000L);
  }

  private Rows read() throws IOException {
    NameTable names = new NameTable();
    try (JournalReader reader = JournalReader.open(files(), names)) {
      Rows rows = new Rows(names, reader.header().card());
      reader.read(rows, Long.MAX_VALUE, Long.MAX_VALUE);
      assertThat(reader.bad()).isEmpty();
      return rows;
    }
  }

  @Test
  void recordsOfManyThreadsAreAllWholeAcrossSegments() throws Exception {
    int threads = 4;
    int calls = 400_000;
    try (JournalWriter journal = open(WIDE)) {
      List<Thread> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        double thread = t;
        KeySet keySet = new KeySet(Stream.METRICS, List.of("thread/" + t, "step"));
        Thread logging =
            new Thread(
                () -> {
                  for (int step = 0; step < calls; step++) {
                    journal.values2(keySet, step, thread, step);
                  }
                });
        logging.start();
        running.add(logging);
      }
      for (Thread logging : running) {
        journal.allocateAhead(4 << 20);
        logging.join();
      }
      assertThat(files().segments()).hasSizeGreaterThan(1);
    }
    Rows rows = read();
    RowBuffer metrics = rows.rows(Stream.METRICS);
    assertThat(metrics.size()).isEqualTo(2 * threads * calls);
    long[] next = new long[threads];
    for (int row = 0; row < metrics.size(); row += 2) {
      int thread = (int) metrics.value(row);
      assertThat(metrics.value(row + 1)).isEqualTo((double) next[thread]);
      assertThat(metrics.step(row)).isEqualTo(next[thread]++);
    }
  }

  @Test
  void aThreadThatIsInterruptedLogsOn() throws IOException {
    KeySet keySet = new KeySet(Stream.METRICS, List.of("a"));
    try (JournalWriter journal = open(WIDE)) {
      Thread.currentThread().interrupt();
      for (int step = 0; step < 100_000; step++) {
        journal.values1(keySet, step, 1.0);
      }
      assertThat(Thread.interrupted()).isTrue();
      assertThat(journal.control().dropped()).isZero();
    }
    assertThat(read().rows(Stream.METRICS).size()).isEqualTo(100_000);
  }

  @Test
  void aThreadThatIsInterruptedGoesOnToTheNextSegment() throws IOException {
    KeySet keySet = new KeySet(Stream.METRICS, List.of("a"));
    try (JournalWriter journal = open(new JournalLimits(1L << 30, Duration.ZERO, 8192))) {
      Thread.currentThread().interrupt();
      for (int step = 0; step < 1000; step++) {
        journal.values1(keySet, step, 1.0);
      }
      assertThat(Thread.interrupted()).isTrue();
      assertThat(journal.control().dropped()).isZero();
      assertThat(Position.segment(journal.position())).isGreaterThan(3);
    }
    assertThat(read().rows(Stream.METRICS).size()).isEqualTo(1000);
  }

  @Test
  void whatFindsNoRoomIsDroppedAndCountedAndTheRestIsWhole() throws IOException {
    KeySet keySet = new KeySet(Stream.METRICS, List.of("a", "b"));
    int calls = 100_000;
    List<String> said = new ArrayList<>();
    long dropped;
    try (JournalWriter journal = open(new JournalLimits(3 << 20, Duration.ZERO, said::add))) {
      for (int step = 0; step < calls; step++) {
        journal.values2(keySet, step, 1.0, 2.0);
      }
      dropped = journal.control().dropped();
      assertThat(dropped).isPositive().isEqualTo(journal.dropped());
      assertThat(said).filteredOn(line -> line.contains("is at its limit of 3.0 MiB")).hasSize(1);
      assertThat(said).filteredOn(line -> line.contains("is half full")).hasSize(1);
      journal.end("finished", Optional.empty());
      assertThat(journal.control().closing()).isTrue();
    }
    assertThat(read().rows(Stream.METRICS).size() + dropped).isEqualTo(2L * calls);
  }

  @Test
  void otherWritersOfTheSpoolCountToo() throws IOException {
    Files.write(folder.resolve("r000001-9f1c0a77d2e4b581.000000.journal"), ones(3 << 20));
    Files.write(folder.resolve("r000001-9f1c0a77d2e4b581.body.00000000"), ones(1 << 20));
    assertThat(SpoolRoom.usedBytes(folder)).isBetween(4L << 20, (4L << 20) + (1 << 16));
    KeySet keySet = new KeySet(Stream.METRICS, List.of("a"));
    try (JournalWriter journal = open(new JournalLimits(4 << 20, Duration.ZERO))) {
      for (int step = 0; step < 100_000; step++) {
        journal.values1(keySet, step, 1.0);
      }
      assertThat(journal.dropped()).isPositive();
      assertThat(journal.position()).isLessThan(1 << 20);
    }
  }

  private static byte[] ones(int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) 1);
    return bytes;
  }

  @Test
  void onlyWhatWasWrittenOfASparseSegmentTakesSpace() throws IOException {
    KeySet keySet = new KeySet(Stream.METRICS, List.of("a"));
    try (JournalWriter journal = open(WIDE)) {
      assertThat(SpoolRoom.usedBytes(folder)).isLessThan(80 << 10);
      for (int step = 0; step < 100_000; step++) {
        journal.values1(keySet, step, 0.0);
      }
      long end = journal.position();
      assertThat(SpoolRoom.usedBytes(folder)).isBetween(end, end + (80 << 10));
    }
  }

  @Test
  void anAppendWaitsForRoomOnceAndThenDropsAtOnceUntilThereIsSome() throws Exception {
    KeySet keySet = new KeySet(Stream.METRICS, List.of("a"));
    Path other = folder.resolve("r000001-9f1c0a77d2e4b581.000000.journal");
    Files.write(other, ones(4 << 20));
    List<String> said = new CopyOnWriteArrayList<>();
    Duration wait = Duration.ofMillis(700);
    try (JournalWriter journal = open(new JournalLimits(4 << 20, wait, said::add))) {
      long start = System.nanoTime();
      long step = 0;
      while (journal.dropped() == 0) {
        journal.values1(keySet, step++, 1.0);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(wait);
      start = System.nanoTime();
      for (int i = 0; i < 10_000; i++) {
        journal.values1(keySet, step++, 1.0);
      }
      assertThat(journal.dropped()).isEqualTo(10_001);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
      Files.delete(other);
      long dropped = journal.dropped();
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (journal.dropped() == dropped) {
        dropped = journal.dropped() + 1;
        journal.values1(keySet, step++, 1.0);
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
      assertThat(said)
          .filteredOn(line -> line.contains("points are dropped and counted"))
          .hasSize(1);
      assertThat(said).filteredOn(line -> line.startsWith("There is room again")).hasSize(1);
    }
  }

  @Test
  void aChangeOfTheCardThatFindsNoRoomIsSaidLaterAndTheCloseRecordAlwaysFits() throws IOException {
    KeySet keySet = new KeySet(Stream.METRICS, List.of("a"));
    Path other = folder.resolve("r000001-9f1c0a77d2e4b581.000000.journal");
    Files.write(other, ones(4 << 20));
    try (JournalWriter journal = open(new JournalLimits(4 << 20, Duration.ZERO))) {
      while (journal.dropped() == 0) {
        journal.values1(keySet, 1, 1.0);
      }
      long before = journal.position();
      ObjectNode change = JsonNodeFactory.instance.objectNode();
      change.putObject("config").put("text", "x".repeat(5000));
      journal.card(change);
      assertThat(journal.position()).isEqualTo(before);
      journal.end("failed", Optional.of("ä".repeat(20_000)));
      assertThat(journal.control().closing()).isTrue();
    }
    ObjectNode closed = Objects.requireNonNull(read().closed());
    assertThat(closed.path("state").asText()).isEqualTo("failed");
    assertThat(closed.path("failure").asText()).startsWith("ää").hasSize(200);
  }

  @Test
  void theNextStepIsOneMoreThanTheGreatest() throws IOException {
    KeySet keySet = new KeySet(Stream.METRICS, List.of("a"));
    try (JournalWriter journal = open(WIDE)) {
      assertThat(journal.nextStep()).isZero();
      journal.values1(keySet, -5, 1.0);
      assertThat(journal.nextStep()).isEqualTo(-4);
      journal.values1(keySet, 7, 1.0);
      journal.values1(keySet, 3, 1.0);
      assertThat(journal.latestStep()).isEqualTo(OptionalLong.of(7));
    }
  }

  @Test
  void nothingIsLoggedToARunThatHasEnded() throws IOException {
    KeySet keySet = new KeySet(Stream.METRICS, List.of("a"));
    try (JournalWriter journal = open(WIDE)) {
      journal.end("finished", Optional.empty());
      assertThatThrownBy(() -> journal.values1(keySet, 0, 1.0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has ended");
    }
  }
}
