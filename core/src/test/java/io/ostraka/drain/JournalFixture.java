package io.ostraka.drain;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.FlushSettings;
import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.catalog.LiveRule;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.KeySet;
import io.ostraka.journal.TimeBase;
import io.ostraka.shard.ShardFooter;
import io.ostraka.shard.ShardReader;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A writer with its journal in a real folder, a store in memory, and clocks that a test moves. */
final class JournalFixture implements AutoCloseable {
  static final WriterKey WRITER =
      new WriterKey(
          new RunKey("digits", "20261121-101500-abcdefghij"),
          new WriterId("r000000-9f1c0a77d2e4b581"));
  private static final ObjectMapper JSON = new ObjectMapper();

  final MemoryShardStore memory = new MemoryShardStore();
  final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  final AtomicLong ticks = new AtomicLong(1_000_000_000);
  final Spool spool;
  final JournalFiles files;
  final JournalWriter journal;
  FlakyShardStore store =
      new FlakyShardStore(memory) {
        @Override
        public void publish(String key, Path sealed) throws IOException {
          if (publishFails) {
            throw new IOException("the store is away");
          }
          super.publish(key, sealed);
        }

        @Override
        public void create(String key, byte[] bytes) throws IOException {
          if (createFails) {
            throw new IOException("the store is away");
          }
          super.create(key, bytes);
        }
      };
  boolean publishFails;
  boolean createFails;
  boolean alive = true;
  private final KeySet keySet = new KeySet(Stream.METRICS, List.of("loss", "accuracy"));

  JournalFixture(Path folder) throws IOException {
    this(folder, new FlushSettings(1.0, 4096));
  }

  JournalFixture(Path folder, FlushSettings flush) throws IOException {
    spool = Spool.open(folder);
    files = spool.files(WRITER.writer());
    memory.prepare(WRITER.prefix());
    ObjectNode card = JsonNodeFactory.instance.objectNode().put("name", "mlp-64");
    JournalHeader header =
        new JournalHeader(
            WRITER,
            memory.root(),
            spool.id(),
            "",
            new TimeBase(clock.instant().toEpochMilli(), ticks.get()),
            flush,
            Duration.ofSeconds(10),
            JournalHeader.Progress.start(),
            card);
    journal =
        JournalWriter.create(files, header, new JournalLimits(1L << 30, Duration.ZERO), ticks::get);
  }

  /** Appends records of two metrics each, of which the values tell step and name. */
  void log(long fromStep, long toStep) {
    for (long step = fromStep; step < toStep; step++) {
      pass(Duration.ofMillis(1));
      journal.values2(keySet, step, (double) step, step + 0.5);
    }
  }

  void pass(Duration time) {
    ticks.addAndGet(time.toNanos());
    clock.advance(time);
  }

  Drainer open() throws IOException {
    return Drainer.open(files, settings(), () -> alive).orElseThrow();
  }

  DrainSettings settings() {
    return new DrainSettings(unused -> store, clock, ticks::get, new Semaphore(1));
  }

  /** Publishes everything that is there, due or not. */
  Drainer.Outcome drain() throws IOException {
    try (Drainer drainer = open()) {
      Drainer.Outcome outcome = Drainer.Outcome.WORKED;
      while (outcome == Drainer.Outcome.WORKED) {
        outcome = drainer.publishNow();
      }
      return outcome;
    }
  }

  /** The values of a series in the order of their row numbers, read under the live rule. */
  Map<Long, String> rows(Stream stream) throws IOException {
    Map<Long, String> rows = new TreeMap<>();
    for (ShardName name : LiveRule.of(shards(stream)).live()) {
      try (LocalCopy copy = memory.open(WRITER.shardKey(stream.folder(), name))) {
        ShardFooter.read(copy.path()).check(WRITER, stream, name);
        try (ShardReader shard = ShardReader.open(copy.path(), name.format())) {
          while (shard.next()) {
            if (rows.put(shard.row(), shard.name() + "=" + shard.real(1)) != null) {
              throw new IllegalStateException("row " + shard.row() + " is there twice");
            }
          }
        }
      }
    }
    return rows;
  }

  static Map<Long, String> expected(long steps) {
    Map<Long, String> rows = new TreeMap<>();
    for (long step = 0; step < steps; step++) {
      rows.put(2 * step, "loss=" + (double) step);
      rows.put(2 * step + 1, "accuracy=" + (step + 0.5));
    }
    return rows;
  }

  List<ShardName> shards(Stream stream) throws IOException {
    String prefix = WRITER.streamPrefix(stream.folder());
    List<ShardName> names = new ArrayList<>();
    for (StoredObject object : memory.list(prefix).objects()) {
      names.add(ShardName.parse(object.key().substring(prefix.length())).orElseThrow());
    }
    return names;
  }

  ObjectNode card(String key) throws IOException {
    return (ObjectNode) JSON.readTree(memory.read(key));
  }

  static long seconds(long count) {
    return TimeUnit.SECONDS.toNanos(count);
  }

  @Override
  public void close() throws IOException {
    journal.close();
  }
}
