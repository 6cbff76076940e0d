package io.ostraka.compact;

import io.ostraka.ShardName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One stream of one writer whose shards have a size and no content, compacted as an agent does it:
 * a pass when {@link MergePolicy} finds one due, and when covered shards have waited long enough.
 */
final class ModelledStream {
  private static final double RETIRE_AFTER_SECONDS = 15 * 60;

  private final double shardBytes;
  private final double rowBytes;
  private final List<SizedShard> live = new ArrayList<>();
  private final Deque<Double> covered = new ArrayDeque<>();
  private long rows;
  private double now;

  long published;
  long publishedBytes;
  long merges;
  long mergedBytes;
  long deleted;
  long listings;
  long opened;
  int mostLive;
  int mostCovered;

  /**
   * An empty stream.
   *
   * @param shardBytes what a shard takes beside its rows
   * @param rowBytes what a row takes
   */
  ModelledStream(double shardBytes, double rowBytes) {
    this.shardBytes = shardBytes;
    this.rowBytes = rowBytes;
  }

  /** Publishes a shard and makes the pass that is then due, if any. */
  void publish(double seconds, long count) {
    now = seconds;
    SizedShard shard = shard(new ShardName(rows, rows + count - 1));
    rows += count;
    live.add(shard);
    published++;
    publishedBytes += shard.sizeBytes();
    pass(OptionalLong.empty());
    mostLive = Math.max(mostLive, live.size());
  }

  /** Makes the last pass, and the one that retires what it covered. */
  void end() {
    pass(OptionalLong.of(rows - 1));
    now += RETIRE_AFTER_SECONDS;
    pass(OptionalLong.of(rows - 1));
  }

  int live() {
    return live.size();
  }

  int covered() {
    return covered.size();
  }

  /** How often the bytes that were published were written, publishing included. */
  double amplification() {
    return (double) (publishedBytes + mergedBytes) / publishedBytes;
  }

  private void pass(OptionalLong lastRow) {
    Optional<Merge> merge = MergePolicy.next(live, lastRow, name -> false);
    boolean retires = !covered.isEmpty() && now - covered.peek() >= RETIRE_AFTER_SECONDS;
    if (merge.isEmpty() && !retires) {
      return;
    }
    listings++;
    while (merge.isPresent()) {
      make(merge.get());
      merge = MergePolicy.next(live, lastRow, name -> false);
    }
    while (!covered.isEmpty() && now - covered.peek() >= RETIRE_AFTER_SECONDS) {
      covered.remove();
      deleted++;
    }
    mostCovered = Math.max(mostCovered, covered.size());
  }

  private void make(Merge merge) {
    SizedShard target = shard(merge.target());
    int from = 0;
    while (!live.get(from).name().equals(merge.sources().get(0))) {
      from++;
    }
    live.subList(from, from + merge.sources().size()).clear();
    live.add(from, target);
    merge.sources().forEach(source -> covered.add(now));
    merges++;
    mergedBytes += target.sizeBytes();
    opened += merge.sources().size() + 1; // the merged shard's footer is read back
  }

  private SizedShard shard(ShardName name) {
    return new SizedShard(name, (long) (shardBytes + name.rows() * rowBytes));
  }
}
