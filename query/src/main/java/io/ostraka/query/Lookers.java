package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.catalog.RunSnapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which streams of which runs were asked for lately, and so are on somebody's screen. Safe for
 * threads.
 */
final class Lookers {
  /** A run is asked for after each of its turns, which may be far apart. */
  private static final Duration LATELY = Duration.ofHours(1);

  private final LongSupplier nanoTime;
  private final Map<RunKey, Map<Stream, Long>> asked = new ConcurrentHashMap<>();

  Lookers(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Some runs are asked for. */
  void ask(Collection<RunSnapshot> runs, Stream stream) {
    long now = nanoTime.getAsLong();
    for (RunSnapshot run : runs) {
      asked.compute(
          run.key(),
          (key, before) -> {
            Map<Stream, Long> after = new EnumMap<>(Stream.class);
            if (before != null) {
              after.putAll(before);
            }
            after.put(stream, now);
            return after;
          });
    }
  }

  /** The streams of a run that were asked for lately. */
  Set<Stream> streams(RunKey run) {
    long now = nanoTime.getAsLong();
    Set<Stream> streams = EnumSet.noneOf(Stream.class);
    asked
        .getOrDefault(run, Map.of())
        .forEach(
            (stream, at) -> {
              if (now - at < LATELY.toNanos()) {
                streams.add(stream);
              }
            });
    return streams;
  }
}
