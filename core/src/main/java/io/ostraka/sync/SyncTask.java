package io.ostraka.sync;

import io.ostraka.ShardName;
import io.ostraka.WriterKey;
import io.ostraka.store.StoredObject;
import java.util.Optional;

/**
 * One object to be copied, or to be compared with what the target has under its key.
 *
 * @param kind what it is
 * @param writer whose
 * @param source as the source listed it
 * @param target as the target listed it, if it did
 * @param shard where it lies below its writer, if it is a shard
 * @param cover the shard at the target that by its name holds all rows of a shard which the target
 *     does not have
 */
record SyncTask(
    Kind kind,
    WriterKey writer,
    StoredObject source,
    Optional<StoredObject> target,
    Optional<Shard> shard,
    Optional<StoredObject> cover) {
  /** What an object is, in the order in which a target gets them. */
  enum Kind {
    /** {@code writer.json}: before the shards, since it says whose rows they take the place of. */
    CARD,
    /** A large blob, or a shard of blobs: before the rows that refer to it. */
    BLOB,
    /** A shard. */
    SHARD,
    /** {@code end.json}: when everything else of the writer is there. */
    END
  }

  /**
   * Where a shard lies.
   *
   * @param stream the stream's folder, perhaps one that this version does not know
   * @param name its name in there
   */
  record Shard(String stream, ShardName name) {}

  static SyncTask ofCard(
      Kind kind, WriterKey writer, StoredObject source, Optional<StoredObject> target) {
    return new SyncTask(kind, writer, source, target, Optional.empty(), Optional.empty());
  }

  /** The same of another object: one of the target, for which the key says what it is. */
  SyncTask at(StoredObject object) {
    Optional<Shard> place =
        shard.flatMap(
            it ->
                ShardName.parse(object.key().substring(object.key().lastIndexOf('/') + 1))
                    .map(name -> new Shard(it.stream(), name)));
    return new SyncTask(kind, writer, object, Optional.empty(), place, Optional.empty());
  }

  String key() {
    return source.key();
  }
}
