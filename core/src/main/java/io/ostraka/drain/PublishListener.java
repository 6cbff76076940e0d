package io.ostraka.drain;

import io.ostraka.ShardName;
import io.ostraka.Stream;

/** Is told of every shard that a drainer has published. */
interface PublishListener {
  /**
   * A shard is in the store.
   *
   * @param bytes its length
   */
  void published(Stream stream, ShardName name, long bytes);
}
