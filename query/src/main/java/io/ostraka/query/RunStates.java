package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.catalog.RunSnapshot;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names for what runs were like, so that "nothing changed" can be told without their rows. A name
 * is given once: what changed and changed back has a third one. Safe for threads.
 */
final class RunStates {
  private final String origin =
      HexFormat.of().toHexDigits(new SecureRandom().nextLong()); // No other process gives the same.
  private final AtomicLong given = new AtomicLong();
  private final Map<RunKey, Numbered> runs = new ConcurrentHashMap<>();

  private record Numbered(RunSnapshot run, long number) {}

  /** The name of what some runs are like: their cards, states, shards and problems. */
  String of(Collection<RunSnapshot> snapshots) {
    Fingerprint numbers = new Fingerprint();
    snapshots.forEach(run -> numbers.add(number(run)));
    return origin + HexFormat.of().toHexDigits(numbers.value());
  }

  /** A name that was never given before. */
  String another() {
    return origin + HexFormat.of().toHexDigits(given.incrementAndGet());
  }

  /** Runs were not told of as they are, so that nobody is to be told that nothing changed. */
  void disturb(Collection<RunSnapshot> snapshots) {
    snapshots.forEach(run -> runs.put(run.key(), new Numbered(run, given.incrementAndGet())));
  }

  private long number(RunSnapshot run) {
    Numbered known =
        runs.compute(
            run.key(),
            (key, before) ->
                before != null && before.run().equals(run)
                    ? before
                    : new Numbered(run, given.incrementAndGet()));
    return known.number();
  }
}
