package io.ostraka.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.FlushSettings;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.compact.Compactor;
import io.ostraka.drain.DrainSettings;
import io.ostraka.drain.Publisher;
import io.ostraka.drain.Spool;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.KeySet;
import io.ostraka.journal.TimeBase;
import io.ostraka.storage.local.LocalShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A root whose runs were logged by real journals and published by real drainers: two ranks, a run
 * that was resumed, its parent, a run that was compacted, and a blob.
 */
final class LoggedRoot {
  static final String PROJECT = "digits";
  static final String PARENT = "parent";
  static final WriterId RANK_0 = WriterId.of(0, 0xa0);
  static final WriterId RANK_1 = WriterId.of(1, 0xa1);
  static final WriterId RESUMED = WriterId.of(0, 0xb0);

  /** Each record of 3 values is a few dozen bytes, so that a shard holds about a hundred. */
  private static final FlushSettings SMALL_SHARDS = new FlushSettings(1.0, 4096);

  private static final long STEPS = 400;

  private final Path root;
  private final Path spool;
  private final AtomicLong ticks = new AtomicLong(1_000_000_000);

  LoggedRoot(Path root, Path spool) {
    this.root = root;
    this.spool = spool;
  }

  /** Logs all of it; returns the run of several writers. */
  LoggedRun log() throws IOException {
    log(new RunKey(PROJECT, PARENT), RANK_0, 0, STEPS, object());
    RunKey run = new RunKey(PROJECT, "sound");
    ObjectNode fork = object().put("fork_run", PARENT).put("fork_step", 100);
    log(run, RANK_0, 0, STEPS, fork.deepCopy().put("rank", 0));
    log(run, RANK_1, 0, STEPS, fork.deepCopy().put("rank", 1));
    ObjectNode resume = object().put("rank", 0).put("resume_step", 300);
    resume.putArray("supersedes").add(RANK_0.text());
    log(run, RESUMED, 300, STEPS, resume);
    compact(new WriterKey(run, RESUMED));
    byte[] blob = "a table".repeat(100).getBytes(UTF_8);
    try (LocalShardStore store = LocalShardStore.open(root)) {
      String prefix = new WriterKey(run, RANK_0).prefix();
      store.create(prefix + "files/" + sha256(blob) + ".bin", blob);
      store.create(run.metaKey(), "{\"notes\": \"as it was\"}".getBytes(UTF_8));
    }
    return new LoggedRun(root, run);
  }

  void logOneStep(RunKey run, WriterId id, long step) throws IOException {
    log(run, id, step, 1, object().put("rank", id.rank()));
  }

  private void log(RunKey run, WriterId id, long firstStep, long steps, ObjectNode card)
      throws IOException {
    WriterKey writer = new WriterKey(run, id);
    Spool journals = Spool.open(spool);
    try (LocalShardStore store = LocalShardStore.open(root)) {
      store.prepare(writer.prefix());
      JournalHeader header =
          new JournalHeader(
              writer,
              store.root(),
              journals.id(),
              "",
              new TimeBase(Instant.now().toEpochMilli(), ticks.get()),
              SMALL_SHARDS,
              Duration.ofSeconds(10),
              JournalHeader.Progress.start(),
              card.put("name", run.run()));
      try (JournalWriter journal =
          JournalWriter.create(
              journals.files(id), header, new JournalLimits(1L << 30, Duration.ZERO), ticks::get)) {
        logRows(journal, firstStep, steps);
        journal.end("finished", Optional.empty());
      }
    }
    DrainSettings settings =
        new DrainSettings(
            uri -> LocalShardStore.open(Path.of(uri)),
            Clock.systemUTC(),
            ticks::get,
            new Semaphore(1));
    new Publisher(journals, settings, Stores.compaction()).run((w, journal, count, bytes) -> {});
    removeMerged(writer);
  }

  /** Leaves the shards as they were published: their sources are still there. */
  private void removeMerged(WriterKey writer) throws IOException {
    try (LocalShardStore store = LocalShardStore.open(root)) {
      for (Stream stream : Stream.values()) {
        String prefix = writer.streamPrefix(stream.folder());
        List<ShardName> names =
            store.listNames(prefix).stream().flatMap(n -> ShardName.parse(n).stream()).toList();
        for (ShardName name : names) {
          if (names.stream().anyMatch(other -> !other.equals(name) && name.covers(other))) {
            store.delete(prefix + name.format());
          }
        }
      }
    }
  }

  private void logRows(JournalWriter journal, long firstStep, long steps) throws IOException {
    KeySet metrics = new KeySet(Stream.METRICS, List.of("loss", "accuracy", "größe 🙂"));
    for (long step = firstStep; step < firstStep + steps; step++) {
      ticks.addAndGet(1_000_000);
      journal.values(metrics, step, new double[] {step, step % 7 == 0 ? Double.NaN : 0.5, 1});
      if (step % 10 == 0) {
        journal.row(Stream.TEXTS, OptionalLong.of(step), List.of("note", "at " + step));
        journal.row(Stream.CONSOLE, OptionalLong.empty(), List.of("stdout", "step " + step));
      }
    }
  }

  private void compact(WriterKey writer) throws IOException {
    Path scratch = Files.createDirectories(spool.resolve("scratch"));
    try (LocalShardStore store = LocalShardStore.open(root)) {
      CompactionSettings settings =
          new CompactionSettings(System::nanoTime, Duration.ZERO, new Semaphore(1));
      Compactor compactor = new Compactor(store, scratch, settings);
      compactor.compact(writer);
      compactor.compact(writer); // What is covered is removed by the pass after.
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
