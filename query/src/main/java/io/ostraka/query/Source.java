package io.ostraka.query;

import io.ostraka.Stream;
import io.ostraka.catalog.LiveShard;

/**
 * A shard that a query reads, and from which row on.
 *
 * @param shard what is read
 * @param stream what its rows are
 * @param writer the number of its writer within the query, from 0
 * @param fromRow rows below this one are not read: they are another shard's, or were read before
 */
record Source(LiveShard shard, Stream stream, int writer, long fromRow) {
  boolean isWhole() {
    return fromRow <= shard.name().first();
  }

  boolean isEmpty() {
    return fromRow > shard.name().last();
  }

  /** The same from a later row on, if that is later. */
  Source from(long row) {
    return row <= fromRow ? this : new Source(shard, stream, writer, row);
  }
}
