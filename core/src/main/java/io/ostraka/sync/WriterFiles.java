package io.ostraka.sync;

import io.ostraka.ShardName;
import io.ostraka.WriterKey;
import io.ostraka.catalog.LiveRule;
import io.ostraka.store.StoredObject;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a listing has of one writer. */
final class WriterFiles {
  private final WriterKey key;
  private final Map<String, StoredObject> blobs = new TreeMap<>();
  private final SortedMap<String, SortedMap<ShardName, StoredObject>> streams = new TreeMap<>();
  private @Nullable StoredObject card;
  private @Nullable StoredObject end;
  private Instant lastActivity = Instant.MIN;

  WriterFiles(WriterKey key) {
    this.key = key;
  }

  WriterKey key() {
    return key;
  }

  Optional<StoredObject> card() {
    return Optional.ofNullable(card);
  }

  Optional<StoredObject> end() {
    return Optional.ofNullable(end);
  }

  /** Its large blobs by key. */
  Map<String, StoredObject> blobs() {
    return blobs;
  }

  /** Its shards by stream, also of streams that this version does not know. */
  SortedMap<String, SortedMap<ShardName, StoredObject>> streams() {
    return streams;
  }

  SortedMap<ShardName, StoredObject> stream(String stream) {
    return streams.getOrDefault(stream, new TreeMap<>());
  }

  /** When any of its objects was last written. */
  Instant lastActivity() {
    return lastActivity;
  }

  /** The shards of a stream that a reader reads, of those that can be read. */
  Collection<ShardName> live(String stream, Predicate<StoredObject> readable) {
    return LiveRule.of(
            stream(stream).entrySet().stream()
                .filter(shard -> readable.test(shard.getValue()))
                .map(Map.Entry::getKey)
                .toList())
        .live();
  }

  void takeCard(StoredObject object) {
    card = seen(object);
  }

  void takeEnd(StoredObject object) {
    end = seen(object);
  }

  void takeBlob(StoredObject object) {
    blobs.put(object.key(), seen(object));
  }

  void takeShard(String stream, ShardName name, StoredObject object) {
    streams.computeIfAbsent(stream, s -> new TreeMap<>()).put(name, seen(object));
  }

  private StoredObject seen(StoredObject object) {
    if (object.modified().isAfter(lastActivity)) {
      lastActivity = object.modified();
    }
    return object;
  }
}
