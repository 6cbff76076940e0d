package io.ostraka.cli;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.catalog.LiveRule;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The shards that a reader opens, by their names alone.
 *
 * @param count how many
 * @param bytes how long they are together
 */
record LiveShards(int count, long bytes) {
  static LiveShards of(ShardStore store, List<WriterKey> writers) throws IOException {
    int count = 0;
    long bytes = 0;
    for (WriterKey writer : writers) {
      List<StoredObject> objects = store.list(writer.prefix()).objects();
      for (Stream stream : Stream.values()) {
        Map<ShardName, Long> sizes = sizes(objects, writer.streamPrefix(stream.folder()));
        for (ShardName live : LiveRule.of(sizes.keySet()).live()) {
          count++;
          bytes += Objects.requireNonNull(sizes.get(live));
        }
      }
    }
    return new LiveShards(count, bytes);
  }

  private static Map<ShardName, Long> sizes(List<StoredObject> objects, String prefix) {
    Map<ShardName, Long> sizes = new TreeMap<>();
    for (StoredObject object : objects) {
      if (object.key().startsWith(prefix)) {
        ShardName.parse(object.key().substring(prefix.length()))
            .ifPresent(name -> sizes.put(name, object.sizeBytes()));
      }
    }
    return sizes;
  }
}
