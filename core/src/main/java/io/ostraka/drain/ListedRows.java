package io.ostraka.drain;

import io.ostraka.ShardName;
import io.ostraka.ShardPath;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a root's listing tells of a writer whose record of ranges is lost: of each stream, the rows
 * that are published without a gap.
 */
final class ListedRows {
  private final Map<Stream, TreeSet<ShardName>> shards = new EnumMap<>(Stream.class);

  private ListedRows() {}

  /** Lists a writer's shards, all streams at once. */
  static ListedRows list(ShardStore root, WriterKey writer) throws IOException {
    ListedRows listed = new ListedRows();
    for (StoredObject object : root.list(writer.prefix()).objects()) {
      Optional<ShardPath> shard = ShardPath.parse(object.key().substring(writer.prefix().length()));
      shard.ifPresent(
          path ->
              listed.shards.computeIfAbsent(path.stream(), s -> new TreeSet<>()).add(path.name()));
    }
    return listed;
  }

  /**
   * The first row of a stream behind the gap-free prefix of its shards.
   *
   * @param from what comes before this row is known to be published
   */
  long next(Stream stream, long from) {
    long next = from;
    for (ShardName name : shards.getOrDefault(stream, new TreeSet<>())) {
      next = name.first() <= next ? Math.max(next, name.last() + 1) : next;
    }
    return next;
  }
}
