package io.ostraka.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ostraka.FlushSettings;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.catalog.LiveRule;
import io.ostraka.drain.DrainSettings;
import io.ostraka.drain.Drainer;
import io.ostraka.drain.Spool;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.KeySet;
import io.ostraka.journal.TimeBase;
import io.ostraka.shard.ShardReader;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One drainer or writer whose file operations fail, or are its last, one after the other. */
final class DrainerFaultsTest {
  private static final WriterKey WRITER =
      new WriterKey(new RunKey("p", "r"), new WriterId("r000000-0000000000000000"));
  private static final int STEPS = 60;
  private static final int LARGE_TEXT = 70_000;

  @TempDir private Path folder;
  private MemoryShardStore store = new MemoryShardStore();
  private Spool spool = new Spool(Path.of(""), "", false);
  private FaultyFileSystem drainerFiles = new FaultyFileSystem();
  private @Nullable Drainer drainer;
  private boolean alive = true;

  /** What goes wrong at an operation. */
  private interface Fault {
    void at(FileFaults faults, long operation);
  }

  @BeforeEach
  void begin() throws IOException {
    begin(0);
  }

  private void begin(long number) throws IOException {
    store =
        new MemoryShardStore(
            Clock.systemUTC(), Files.createDirectory(folder.resolve("m" + number)));
    spool = Spool.open(folder.resolve("s" + number));
    drainerFiles = new FaultyFileSystem();
    drainer = null;
    alive = true;
  }

  @Test
  void everyRowIsThereOnceWhereverTheDrainerStops() throws IOException {
    assertThat(drainWith((faults, n) -> faults.stopAfter(n, false))).isGreaterThan(40);
  }

  @Test
  void everyRowIsThereOnceWhicheverWriteOfTheDrainerIsTorn() throws IOException {
    assertThat(drainWith((faults, n) -> faults.stopAfter(n, true))).isGreaterThan(40);
  }

  @Test
  void everyRowIsThereOnceWhicheverOperationOfTheDrainerFails() throws IOException {
    assertThat(drainWith((faults, n) -> faults.failAfter(n, "Input/output error")))
        .isGreaterThan(40);
  }

  @Test
  void whatTheWriterWasToldIsKeptWhereverItStops() throws IOException {
    long operation = 0;
    boolean stopped = true;
    while (stopped) {
      begin(++operation);
      FaultyFileSystem files = new FaultyFileSystem();
      files.faults().stopAfter(operation - 1, true);
      List<Long> logged = new ArrayList<>();
      try {
        log(files, logged);
      } catch (ProcessStopped e) {
        files.end();
      }
      stopped = files.faults().stopped();
      alive = false;
      drainToTheEnd();
      assertThat(rows()).as("stopped after %d operations", operation - 1).isEqualTo(logged);
    }
    assertThat(operation).isGreaterThan(20);
  }

  /** Logs and drains with a fault at each operation in turn; says how many there were. */
  private long drainWith(Fault fault) throws IOException {
    long operation = 0;
    boolean met = true;
    while (met) {
      begin(++operation);
      FaultyFileSystem faulty = drainerFiles;
      fault.at(faulty.faults(), operation - 1);
      List<Long> logged = new ArrayList<>();
      log(new FaultyFileSystem(), logged);
      alive = false;
      drainToTheEnd();
      met = faulty.faults().count() >= operation;
      assertThat(rows()).as("operation %d", operation).isEqualTo(logged);
      assertThat(spool.writers()).as("operation %d", operation).isEmpty();
      assertThat(Card.parse(store.read(WRITER.endKey())).rows())
          .containsEntry("metrics", (long) logged.size());
    }
    return operation;
  }

  /** A run of several segments with large texts, which it ends; it is drained meanwhile. */
  private void log(FaultyFileSystem files, List<Long> logged) throws IOException {
    JournalHeader header =
        new JournalHeader(
            WRITER,
            store.root(),
            spool.id(),
            "",
            new TimeBase(0, 0),
            new FlushSettings(1.0, 4096),
            Duration.ofSeconds(10),
            JournalHeader.Progress.start(),
            JsonNodeFactory.instance.objectNode());
    JournalFiles journal = new JournalFiles(files.path(spool.folder()), WRITER.writer());
    KeySet keySet = new KeySet(Stream.METRICS, List.of("loss"));
    JournalLimits limits = new JournalLimits(1 << 20, Duration.ZERO, 2048);
    try (JournalWriter writer = JournalWriter.create(journal, header, limits, () -> 0)) {
      for (long step = 0; step < STEPS; step++) {
        writer.values1(keySet, step, (double) step);
        logged.add(step);
        if (step % 20 == 10) {
          String text = "x".repeat(LARGE_TEXT);
          writer.row(Stream.TEXTS, OptionalLong.of(step), List.of("note", text));
        }
        if (step % 15 == 14) {
          look();
        }
      }
      writer.end("finished", Optional.empty());
    }
  }

  private void drainToTheEnd() throws IOException {
    int looks = 0;
    while (!spool.writers().isEmpty()) {
      look();
      assertThat(looks++).isLessThan(20);
    }
  }

  /** One look of a drainer that goes on as an agent does, with a new process if its own stopped. */
  private void look() throws IOException {
    try {
      JournalFiles journal = new JournalFiles(drainerFiles.path(spool.folder()), WRITER.writer());
      Drainer open = drainer;
      if (open == null) {
        open = Drainer.open(journal, settings(), () -> alive).orElseThrow();
        drainer = open;
      }
      Drainer.Outcome outcome = open.publishNow();
      if (outcome == Drainer.Outcome.WORKED) {
        outcome = open.publishNow();
      }
      if (outcome == Drainer.Outcome.GONE) {
        open.close();
        drainer = null;
      }
    } catch (ProcessStopped e) {
      drainerFiles.end();
      drainerFiles = new FaultyFileSystem();
      drainer = null;
    } catch (NoSuchFileException e) {
      new JournalFiles(spool.folder(), WRITER.writer()).deleteAll();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("error");
    }
  }

  private DrainSettings settings() {
    return new DrainSettings(unused -> store, Clock.systemUTC(), () -> 0, new Semaphore(1));
  }

  private List<Long> rows() throws IOException {
    String prefix = WRITER.streamPrefix(Stream.METRICS.folder());
    TreeSet<ShardName> names = new TreeSet<>();
    for (StoredObject object : store.list(prefix).objects()) {
      names.add(ShardName.parse(object.key().substring(prefix.length())).orElseThrow());
    }
    List<Long> rows = new ArrayList<>();
    for (ShardName name : LiveRule.of(names).live()) {
      try (LocalCopy copy = store.open(prefix + name.format());
          ShardReader reader = ShardReader.open(copy.path(), name.format())) {
        while (reader.next()) {
          assertThat(reader.real(1)).isEqualTo((double) reader.step());
          rows.add(reader.row());
        }
      }
    }
    return rows;
  }
}
