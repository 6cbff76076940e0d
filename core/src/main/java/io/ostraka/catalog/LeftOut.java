package io.ostraka.catalog;

import io.ostraka.store.StoredObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Shards with a good footer whose rows could not be read. One is left out for half a minute and
 * then tried again, since what failed may have been the disk or the network; each time that it
 * fails again it is left out for twice as long, up to an hour. Safe for threads.
 */
final class LeftOut {
  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Map<StoredObject, Entry> entries = new ConcurrentHashMap<>();

  /**
   * Why one is left out and for how long.
   *
   * @param until when it is tried again; null until a listing with it gives the time
   */
  private record Entry(String why, Duration time, @Nullable Instant until) {
    Entry again(String now) {
      Duration twice = time.multipliedBy(2);
      return new Entry(now, twice.compareTo(LONGEST) < 0 ? twice : LONGEST, null);
    }

    Entry seen(Instant listedAt) {
      return until == null ? new Entry(why, time, listedAt.plus(time)) : this;
    }
  }

  /** Leaves a shard out from the next listing on. */
  void add(StoredObject object, String why) {
    entries.compute(
        object, (o, before) -> before == null ? new Entry(why, FIRST, null) : before.again(why));
  }

  /** Why a shard is left out of a listing; nothing if it is to be read, perhaps once more. */
  Optional<String> why(StoredObject object, Instant listedAt) {
    return Optional.ofNullable(entries.computeIfPresent(object, (o, entry) -> entry.seen(listedAt)))
        .filter(entry -> entry.until() == null || listedAt.isBefore(entry.until()))
        .map(Entry::why);
  }

  /** Forgets what lies below a prefix and is not listed any more. */
  void retain(String prefix, Set<String> listed) {
    entries.keySet().removeIf(o -> o.key().startsWith(prefix) && !listed.contains(o.key()));
  }
}
