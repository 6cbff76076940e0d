package io.ostraka.catalog;

import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What was read from objects, for as long as a listing shows them with the same size and time.
 *
 * <p>File systems count time in steps, of a few milliseconds or of a second, so an object that was
 * just written may be written again without a change of its time. One that is younger than two
 * seconds is therefore read every time. Safe for threads; two that ask at once may both read.
 */
final class ObjectCache<V> {
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /** Two heartbeats. */
  private static final Duration ALIVE = Duration.ofSeconds(20);

  private static final Duration SELDOM = Duration.ofMinutes(3);

  private final ConcurrentSkipListMap<String, Entry<V>> entries = new ConcurrentSkipListMap<>();

  V get(StoredObject object, Instant listedAt, Reader<V> reader) throws IOException {
    Entry<V> known = entries.get(object.key());
    if (known != null && known.object().equals(object)) {
      return known.value();
    }
    V value = reader.read(object);
    if (isSettled(object, listedAt)) {
      entries.put(object.key(), new Entry<>(object, value, listedAt));
    }
    return value;
  }

  /**
   * The same for an object that is replaced again and again as a sign of life, where reading costs
   * money: as long as that goes on and its length stays the same, it is read every few minutes.
   */
  V getSeldom(StoredObject object, Instant listedAt, Reader<V> reader) throws IOException {
    Entry<V> known = entries.get(object.key());
    if (known != null && known.isKnownWell(object, listedAt)) {
      return known.value();
    }
    return get(object, listedAt, reader);
  }

  static boolean isSettled(StoredObject object, Instant listedAt) {
    return object.modified().plus(SETTLED).isBefore(listedAt);
  }

  /** Forgets what lies below a prefix and is not listed any more. */
  void retain(String prefix, Set<String> listed) {
    ConcurrentNavigableMap<String, Entry<V>> below =
        entries.subMap(prefix, prefix + Character.MAX_VALUE);
    below.keySet().removeIf(key -> !listed.contains(key));
  }

  /** Reads and judges an object. */
  interface Reader<V> {
    V read(StoredObject object) throws IOException;
  }

  private record Entry<V>(StoredObject object, V value, Instant readAt) {
    boolean isKnownWell(StoredObject now, Instant listedAt) {
      return object.sizeBytes() == now.sizeBytes()
          && now.modified().plus(ALIVE).isAfter(listedAt)
          && readAt.plus(SELDOM).isAfter(listedAt);
    }
  }
}
