package io.ostraka.compact;

import io.ostraka.ShardName;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * When a merge that is allowed is worth it.
 *
 * <p>While a stream goes on, three bands: few live shards are left alone; from {@link #SOME_SHARDS}
 * on, merges of at least {@link #MANY_SOURCES} are made; above {@link #MANY_SHARDS}, any. Of those
 * at hand, the one that saves the most shards for what it costs goes first. Once the stream has
 * ended: everything into one shard, or into the largest blocks that the limit allows.
 *
 * <p>The figures were chosen by simulating seven days at many paces; they hold at most 71 live
 * shards at up to 1,000 metrics a second and write at most 3.7 times the bytes.
 */
final class MergePolicy {
  /** More bytes than this are not merged. */
  static final long LARGEST_BYTES = 256L << 20;

  /** A reader takes in this many without noticing: DuckDB pays 0.1 ms for each. */
  static final int SOME_SHARDS = 16;

  /** Above this a reader begins to notice. */
  static final int MANY_SHARDS = 64;

  /** Whole blocks of small shards have this many, and merging fewer writes the same rows often. */
  static final int MANY_SOURCES = 8;

  /** What a merge costs beside its bytes, in bytes: some requests, and files to open. */
  private static final long MERGE_COST_BYTES = 64 << 10;

  private MergePolicy() {}

  /**
   * The next merge to make.
   *
   * @param readable as for {@link BlockRule#merges}
   * @param lastRow the stream's last row, once it has ended
   * @param taken whether a name is taken, by a shard that cannot be read
   */
  static Optional<Merge> next(
      Collection<SizedShard> readable, OptionalLong lastRow, Predicate<ShardName> taken) {
    if (lastRow.isEmpty() && readable.size() <= SOME_SHARDS) {
      return Optional.empty();
    }
    List<SizedShard> live = BlockRule.live(readable);
    List<Merge> small =
        BlockRule.mergesOf(live, lastRow).stream()
            .filter(merge -> merge.sourceBytes() <= LARGEST_BYTES)
            .filter(merge -> !taken.test(merge.target()))
            .toList();
    if (lastRow.isPresent()) {
      return small.stream().max(Comparator.comparingInt(merge -> merge.sources().size()));
    }
    if (live.size() <= SOME_SHARDS) {
      return Optional.empty();
    }
    int least = live.size() > MANY_SHARDS ? 2 : MANY_SOURCES;
    return small.stream()
        .filter(merge -> merge.sources().size() >= least)
        .max(Comparator.comparingDouble(MergePolicy::savedForItsCost));
  }

  private static double savedForItsCost(Merge merge) {
    return (merge.sources().size() - 1.0) / (merge.sourceBytes() + MERGE_COST_BYTES);
  }
}
