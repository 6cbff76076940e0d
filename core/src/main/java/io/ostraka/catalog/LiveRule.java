package io.ostraka.catalog;

import io.ostraka.ShardName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which shards of one folder are read: those whose range no other covers.
 *
 * <p>In one pass over the names, ordered by first row ascending and last row descending: a shard is
 * covered if and only if an earlier one's last row reaches its own. The names are of readable
 * shards only; whoever finds one unreadable applies the rule again without it.
 */
public final class LiveRule {
  private final List<ShardName> live = new ArrayList<>();
  private final List<ShardName> covered = new ArrayList<>();
  private final List<Overlap> overlaps = new ArrayList<>();

  private LiveRule() {}

  /** Applies the rule; a name that is there twice is live once. */
  public static LiveRule of(Collection<ShardName> names) {
    LiveRule rule = new LiveRule();
    names.stream().sorted().forEach(rule::take);
    return rule;
  }

  /** The shards to read, by first row ascending; their last rows ascend too. */
  public List<ShardName> live() {
    return List.copyOf(live);
  }

  /** The shards whose rows are all in another. */
  public List<ShardName> covered() {
    return List.copyOf(covered);
  }

  /** Neighbours among the live shards that share some rows, each once, by first row. */
  public List<Overlap> overlaps() {
    return List.copyOf(overlaps);
  }

  private void take(ShardName name) {
    if (live.isEmpty()) {
      live.add(name);
      return;
    }
    // Last rows of live shards ascend, so the one before reaches furthest.
    ShardName reaching = live.get(live.size() - 1);
    if (name.last() <= reaching.last()) {
      covered.add(name);
      return;
    }
    if (name.first() <= reaching.last()) {
      overlaps.add(new Overlap(reaching, name));
    }
    live.add(name);
  }

  /**
   * Two live shards that share some rows, which no rule of ours makes. Each row is read once: of
   * the later shard only those beyond the earlier one's last.
   *
   * @param earlier the one that is read whole, as far as it is itself the later of another overlap
   * @param later the one that is read from {@link #rowsFrom} on
   */
  public record Overlap(ShardName earlier, ShardName later) {
    /** The first row that is read from the later shard. */
    public long rowsFrom() {
      return earlier.last() + 1;
    }
  }
}
