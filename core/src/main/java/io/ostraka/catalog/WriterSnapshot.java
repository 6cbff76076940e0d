package io.ostraka.catalog;

import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A writer as it was a moment ago.
 *
 * @param key the writer
 * @param card its last card; empty if it has none that can be read
 * @param state how it is doing
 * @param lastActivity when it last wrote anything, by the store's clock
 * @param shards the live shards of each stream that has any, by first row
 */
public record WriterSnapshot(
    WriterKey key,
    Card card,
    WriterState state,
    Instant lastActivity,
    Map<Stream, List<LiveShard>> shards) {
  /** Keeps its own copy. */
  public WriterSnapshot {
    EnumMap<Stream, List<LiveShard>> copy = new EnumMap<>(Stream.class);
    shards.forEach((stream, live) -> copy.put(stream, List.copyOf(live)));
    shards = Collections.unmodifiableMap(copy);
  }

  /** The live shards of a stream, empty if it has none. */
  public List<LiveShard> shards(Stream stream) {
    return shards.getOrDefault(stream, List.of());
  }
}
