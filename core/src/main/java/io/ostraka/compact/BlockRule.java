package io.ostraka.compact;

import io.ostraka.ShardName;
import io.ostraka.catalog.LiveRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Which merges are allowed: a merged shard holds exactly the shards whose <em>first</em> row lies
 * in one block {@code [b·16^k, (b+1)·16^k)} of row numbers, k ≥ 2.
 *
 * <p>Pure arithmetic over names. A writer's shards are decided once and never change, so which of
 * them begin in a block is decided too, and a merge is allowed only where the names show all of
 * them. Whoever merges, and however old the listing: of two merged ranges either one holds the
 * other, or they share no row.
 */
public final class BlockRule {
  private static final int BLOCK_BITS = 4;
  private static final int LEAST_LEVEL = 2;

  /** Row numbers have 12 digits: a block of this level holds all of them. */
  private static final int GREATEST_LEVEL = 10;

  private BlockRule() {}

  /**
   * The merges that are allowed, those of small blocks first, by first row within a level; each
   * range once. Those of larger blocks hold what those of smaller ones would make.
   *
   * @param readable the shards of one stream, covered ones too, without those known to be
   *     unreadable: these cover nothing, and nothing around them is merged
   * @param lastRow the stream's last row, once the writer's last card says so
   */
  public static List<Merge> merges(Collection<SizedShard> readable, OptionalLong lastRow) {
    return mergesOf(live(readable), lastRow);
  }

  /** The live shards, by first row. */
  static List<SizedShard> live(Collection<SizedShard> readable) {
    Map<ShardName, SizedShard> byName = new HashMap<>();
    readable.forEach(shard -> byName.put(shard.name(), shard));
    List<SizedShard> live = new ArrayList<>();
    for (ShardName name : LiveRule.of(byName.keySet()).live()) {
      live.add(Objects.requireNonNull(byName.get(name)));
    }
    return live;
  }

  /** The same for shards of which none covers another. */
  static List<Merge> mergesOf(List<SizedShard> live, OptionalLong lastRow) {
    Map<ShardName, Merge> allowed = new LinkedHashMap<>();
    for (int level = LEAST_LEVEL; level <= GREATEST_LEVEL; level++) {
      int bits = level * BLOCK_BITS;
      for (int from = 0, to; from < live.size(); from = to) {
        long block = live.get(from).name().first() >>> bits;
        to = from + 1;
        while (to < live.size() && live.get(to).name().first() >>> bits == block) {
          to++;
        }
        if (to - from >= 2 && isWhole(live, from, to, block << bits, lastRow)) {
          Merge merge = Merge.of(live.subList(from, to));
          allowed.putIfAbsent(merge.target(), merge);
        }
      }
    }
    return List.copyOf(allowed.values());
  }

  /** Whether these are all shards that begin in their block, now and for ever. */
  private static boolean isWhole(
      List<SizedShard> live, int from, int to, long blockStart, OptionalLong lastRow) {
    for (int i = from + 1; i < to; i++) {
      if (live.get(i).name().first() != live.get(i - 1).name().last() + 1) {
        return false;
      }
    }
    return beginsBlock(live, from, blockStart) && endsBlock(live, to, lastRow);
  }

  /** Whether no shard before the first one can begin in its block. */
  private static boolean beginsBlock(List<SizedShard> live, int from, long blockStart) {
    long first = live.get(from).name().first();
    // A listing that is made while shards are published may show a later one and not an earlier.
    return first == blockStart || (from > 0 && live.get(from - 1).name().last() + 1 == first);
  }

  /** Whether no shard after the last one can begin in its block; the next one, if any, does not. */
  private static boolean endsBlock(List<SizedShard> live, int to, OptionalLong lastRow) {
    long last = live.get(to - 1).name().last();
    boolean followed = to < live.size() && live.get(to).name().first() == last + 1;
    return followed || (lastRow.isPresent() && lastRow.getAsLong() == last);
  }
}
