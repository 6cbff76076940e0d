package io.ostraka.drain;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.ShardPath;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.shard.ShardFooter;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a root tells of a writer whose record of ranges is lost: of each stream, the rows that are
 * published without a gap. A shard whose footer is not what its name says is none.
 */
final class ListedRows {
  private final ShardStore root;
  private final WriterKey writer;
  private final Map<Stream, TreeSet<ShardName>> shards = new EnumMap<>(Stream.class);

  private ListedRows(ShardStore root, WriterKey writer) {
    this.root = root;
    this.writer = writer;
  }

  /** Lists a writer's shards, all streams at once. */
  static ListedRows list(ShardStore root, WriterKey writer) throws IOException {
    ListedRows listed = new ListedRows(root, writer);
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
  long next(Stream stream, long from) throws IOException {
    long next = from;
    for (ShardName name : shards.getOrDefault(stream, new TreeSet<>())) {
      if (name.first() <= next && name.last() >= next && isShard(stream, name)) {
        next = name.last() + 1;
      }
    }
    return next;
  }

  private boolean isShard(Stream stream, ShardName name) throws IOException {
    String key = writer.shardKey(stream.folder(), name);
    try (LocalCopy copy = root.openAnew(key)) {
      ShardFooter.read(copy.path(), key).check(writer, stream, name);
      return true;
    } catch (ShardFormatException e) {
      return false;
    }
  }
}
