package io.ostraka.doctor;

import io.ostraka.ShardName;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.LongStream;

/**
 * The row numbers of a stream, cut at every begin and end of a shard: two shards that share rows
 * share whole segments.
 */
final class Segments {
  private final long[] starts;

  Segments(Collection<ShardName> shards) {
    this.starts =
        shards.stream()
            .flatMapToLong(shard -> LongStream.of(shard.first(), shard.last() + 1))
            .sorted()
            .distinct()
            .toArray();
  }

  /** The segment that holds a row, which is one of the shards' rows. */
  int of(long row) {
    int at = Arrays.binarySearch(starts, row);
    return at >= 0 ? at : -at - 2;
  }

  /** The sums of a shard's rows, segment by segment, so that two shards can be compared. */
  final class Sums {
    private final ShardName shard;
    private final int from;
    private final long[] sums;

    Sums(ShardName shard) {
      this.shard = shard;
      this.from = of(shard.first());
      this.sums = new long[of(shard.last()) - from + 1];
    }

    /** Takes in one of the shard's rows, mixed to 64 bits; in whatever order. */
    void add(long row, long mixed) {
      sums[sums.length == 1 ? 0 : of(row) - from] += mixed;
    }

    /**
     * Whether the rows that both shards have are the same in both. Other rows have the same sum
     * once in 2^64 times.
     */
    boolean agreesWith(Sums other) {
      long first = Math.max(shard.first(), other.shard.first());
      long last = Math.min(shard.last(), other.shard.last());
      for (int segment = of(first); segment <= of(last); segment++) {
        if (sums[segment - from] != other.sums[segment - other.from]) {
          return false;
        }
      }
      return true;
    }
  }
}
