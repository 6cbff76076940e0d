package io.ostraka.query;

import io.ostraka.catalog.LiveShard;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The shards that a query was about to read are no longer the right ones: some are gone, cannot be
 * read and are left out from now on, or cannot be had just now. Choose anew.
 */
final class SelectionChanged extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<LiveShard> gone;
  private final transient Map<LiveShard, IOException> withheld;

  private SelectionChanged(
      String message, List<LiveShard> gone, Map<LiveShard, IOException> withheld) {
    super(message, null, false, false);
    this.gone = List.copyOf(gone);
    this.withheld = Map.copyOf(withheld);
  }

  static SelectionChanged damaged() {
    return new SelectionChanged("A shard cannot be read", List.of(), Map.of());
  }

  static SelectionChanged gone(LiveShard shard) {
    return missing(List.of(shard), Map.of());
  }

  static SelectionChanged withheld(LiveShard shard, IOException why) {
    return missing(List.of(), Map.of(shard, why));
  }

  /**
   * Some shards are not to be had.
   *
   * @param gone which were listed and are not there
   * @param withheld which the store does not hand out, and why
   */
  static SelectionChanged missing(List<LiveShard> gone, Map<LiveShard, IOException> withheld) {
    return new SelectionChanged("Shards are not to be had", gone, withheld);
  }

  /** Shards that were listed and are not there. */
  List<LiveShard> gone() {
    return gone;
  }

  /** Shards that the store does not hand out just now, and why. */
  Map<LiveShard, IOException> withheld() {
    return withheld;
  }

  /** Whether another listing is needed to choose anew. */
  boolean needsListing() {
    return withheld.isEmpty() || !gone.isEmpty();
  }
}
