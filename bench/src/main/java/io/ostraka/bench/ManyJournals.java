package io.ostraka.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ostraka.FlushSettings;
import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.drain.Spool;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.KeySet;
import io.ostraka.journal.TimeBase;
import io.ostraka.storage.local.LocalShardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Fills a spool as so many ranks of one run would that have ended, for whoever measures what
 * publishes it.
 *
 * <p>Arguments: the root, the spool, the number of writers, of metrics and of steps.
 */
public final class ManyJournals {
  private static final JournalLimits WIDE = new JournalLimits(1L << 40, Duration.ZERO);
  private static final long STEP_NANOS = 100_000_000;
  private static final long JITTER_NANOS = 3_000_000;

  private ManyJournals() {}

  /** Fills the spool. */
  public static void main(String[] args) throws IOException {
    int writers = Integer.parseInt(args[2]);
    int metrics = Integer.parseInt(args[3]);
    int steps = Integer.parseInt(args[4]);
    Spool spool = Spool.open(Path.of(args[1]));
    try (LocalShardStore store = LocalShardStore.open(Path.of(args[0]))) {
      for (int rank = 0; rank < writers; rank++) {
        write(store, spool, rank, metrics, steps);
      }
    }
  }

  private static void write(LocalShardStore store, Spool spool, int rank, int metrics, int steps)
      throws IOException {
    SplittableRandom random = new SplittableRandom(rank);
    WriterKey writer =
        new WriterKey(new RunKey("bench", "run"), WriterId.of(rank, random.nextLong()));
    store.prepare(writer.prefix());
    JournalHeader header =
        new JournalHeader(
            writer,
            store.root(),
            spool.id(),
            "",
            new TimeBase(System.currentTimeMillis(), 0),
            FlushSettings.FOLDER,
            Duration.ofSeconds(10),
            JournalHeader.Progress.start(),
            JsonNodeFactory.instance.objectNode().put("rank", rank));
    List<KeySet> keySets = new ArrayList<>();
    for (int from = 0; from < metrics; from += KeySet.LIMIT) {
      keySets.add(keySet(from, Math.min(metrics, from + KeySet.LIMIT)));
    }
    long[] ticks = new long[1];
    try (JournalWriter journal =
        JournalWriter.create(spool.files(writer.writer()), header, WIDE, () -> ticks[0])) {
      for (int step = 0; step < steps; step++) {
        ticks[0] += STEP_NANOS + random.nextLong(JITTER_NANOS);
        for (KeySet keySet : keySets) {
          double[] values = random.doubles(keySet.size()).map(value -> (float) value).toArray();
          journal.values(keySet, step, values);
        }
      }
      journal.end("finished", Optional.empty());
    }
  }

  private static KeySet keySet(int from, int to) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < to; i++) {
      names.add("layer/%d/weight/norm".formatted(i));
    }
    return new KeySet(Stream.METRICS, names);
  }
}
