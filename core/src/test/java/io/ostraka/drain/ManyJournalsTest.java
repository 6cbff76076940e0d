package io.ostraka.drain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ostraka.FlushSettings;
import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.KeySet;
import io.ostraka.journal.TimeBase;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What drainers of one process share: the memory for rows, while a store is away for hours. */
class ManyJournalsTest {
  private static final RunKey RUN = new RunKey("digits", "run");
  private static final int WRITERS = 16;
  private static final long LIMIT_BYTES = 4 << 20;

  /** What is read may turn out larger than what was asked for; without a limit it is 10 MB. */
  private static final long MOST_BYTES = LIMIT_BYTES * 3 / 2;

  @TempDir Path folder;
  private final MemoryShardStore memory = new MemoryShardStore();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  private final AtomicLong ticks = new AtomicLong(1_000_000_000);
  private final RowMemory rows = new RowMemory(LIMIT_BYTES);
  private final List<JournalWriter> journals = new ArrayList<>();
  private final List<KeySet> keySets = new ArrayList<>();
  private final List<WriterKey> writers = new ArrayList<>();
  private boolean away;

  private final FlakyShardStore store =
      new FlakyShardStore(memory) {
        @Override
        public void publish(String key, Path sealed) throws IOException {
          check();
          super.publish(key, sealed);
        }

        @Override
        public boolean isPrepared(String prefix) throws IOException {
          check();
          return super.isPrepared(prefix);
        }

        private void check() throws IOException {
          if (away) {
            throw new IOException("the store is away");
          }
        }
      };

  @Test
  void aStoreThatIsAwayForHoursHoldsNoMemoryAndNothingIsLost() throws IOException {
    Spool spool = Spool.open(folder);
    for (int rank = 0; rank < WRITERS; rank++) {
      begin(spool, rank, 500, 10);
    }
    double[] values = new double[500];
    List<Drainer> drainers = new ArrayList<>();
    for (WriterKey writer : writers) {
      drainers.add(
          Drainer.open(spool.files(writer.writer()), settings(), () -> true).orElseThrow());
    }
    long most = 0;
    int logged = 0;
    for (int minute = 0; minute < 180; minute += 6) {
      away = minute >= 12 && minute < 160;
      for (int i = 0; i < 10; i++) {
        log(logged++, values);
      }
      journals.forEach(journal -> journal.control().beat(journal.control().beat() + 1));
      for (int look = 0; look < 18; look++) {
        pass(Duration.ofSeconds(20));
        for (Drainer drainer : drainers) {
          look(drainer);
          most = Math.max(most, rows.takenBytes());
        }
      }
      if (away) {
        assertThat(rows.takenBytes()).as("minute %d, away", minute).isZero();
      }
    }
    assertThat(most).isBetween(1L, MOST_BYTES);
    for (int round = 0; round < 100; round++) {
      pass(Duration.ofSeconds(2));
      drainers.forEach(this::look);
    }
    for (Drainer drainer : drainers) {
      drainer.close();
    }
    assertThat(rows.takenBytes()).isZero();
    for (WriterKey writer : writers) {
      assertThat(publishedRows(writer)).isEqualTo(500L * logged);
    }
    for (JournalWriter journal : journals) {
      journal.close();
    }
  }

  /** A look as the agent does it; a failed one is repeated later. */
  private void look(Drainer drainer) {
    try {
      while (drainer.look() == Drainer.Outcome.WORKED) {
        assertThat(rows.takenBytes()).isLessThan(MOST_BYTES);
      }
    } catch (IOException e) {
      assertThat(e).hasMessage("the store is away");
    }
  }

  @Test
  void whoGetsNoMemoryLeavesItsRowsInTheJournalUntilOthersHaveSealedTheirs() throws IOException {
    Spool spool = Spool.open(folder);
    for (int rank = 0; rank < 8; rank++) {
      begin(spool, rank, 1000, 3600);
    }
    for (int i = 0; i < 60; i++) {
      log(i, new double[1000]);
    }
    List<Drainer> drainers = new ArrayList<>();
    for (WriterKey writer : writers) {
      drainers.add(
          Drainer.open(spool.files(writer.writer()), settings(), () -> true).orElseThrow());
    }
    for (int round = 0; round < 20; round++) {
      for (Drainer drainer : drainers) {
        drainer.look();
        assertThat(rows.takenBytes()).isLessThan(MOST_BYTES);
      }
    }
    pass(Duration.ofHours(2)); // the journals' own flush interval
    for (int round = 0; round < 20; round++) {
      drainers.forEach(this::look);
    }
    for (WriterKey writer : writers) {
      assertThat(publishedRows(writer)).isEqualTo(60_000);
    }
    for (Drainer drainer : drainers) {
      drainer.close();
    }
    for (JournalWriter journal : journals) {
      journal.close();
    }
  }

  private DrainSettings settings() {
    return new DrainSettings(unused -> store, clock, ticks::get, new Semaphore(2), rows, List.of());
  }

  private void log(long step, double[] values) {
    for (int i = 0; i < journals.size(); i++) {
      journals.get(i).values(keySets.get(i), step, values);
    }
  }

  private void begin(Spool spool, int rank, int metrics, double flushSeconds) throws IOException {
    WriterKey writer = new WriterKey(RUN, WriterId.of(rank, 7));
    JournalFiles files = spool.files(writer.writer());
    memory.prepare(writer.prefix());
    JournalHeader header =
        new JournalHeader(
            writer,
            memory.root(),
            spool.id(),
            "",
            new TimeBase(clock.instant().toEpochMilli(), ticks.get()),
            new FlushSettings(flushSeconds, 8 << 20),
            Duration.ofSeconds(10),
            JournalHeader.Progress.start(),
            JsonNodeFactory.instance.objectNode());
    JournalLimits limits = new JournalLimits(1L << 30, Duration.ZERO);
    journals.add(JournalWriter.create(files, header, limits, ticks::get));
    keySets.add(new KeySet(Stream.METRICS, names(metrics)));
    writers.add(writer);
  }

  private long publishedRows(WriterKey writer) throws IOException {
    String prefix = writer.streamPrefix(Stream.METRICS.folder());
    TreeSet<ShardName> names = new TreeSet<>();
    for (StoredObject object : memory.list(prefix).objects()) {
      names.add(ShardName.parse(object.key().substring(prefix.length())).orElseThrow());
    }
    long next = 0;
    for (ShardName name : names) {
      assertThat(name.first()).isEqualTo(next);
      next = name.last() + 1;
    }
    return next;
  }

  private static List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("metric/" + i);
    }
    return names;
  }

  private void pass(Duration time) {
    ticks.addAndGet(time.toNanos());
    clock.advance(time);
  }
}
