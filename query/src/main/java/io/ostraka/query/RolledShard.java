package io.ostraka.query;

import io.ostraka.shard.RollupLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The roll-up of a metric in one shard, and which part of a chart it makes. */
final class RolledShard {
  private final RollupLevel level;
  private final Panel.Held shard;
  private final Grid grid;
  private final Extent positions;
  private final long positionsPerBin;
  private final boolean isAllShown;
  private final boolean isKnown;

  /** From where on points are wanted; the least number where those before are none. */
  private final long from;

  /** Up to where points are wanted; the greatest number where those behind are none. */
  private final long to;

  /**
   * A roll-up.
   *
   * @param level bins of which some make one of the grid's
   * @param shard what is known of the metric in the shard, with a place on the axis
   */
  RolledShard(RollupLevel level, Panel.Held shard, Axis axis, Grid grid) {
    this.level = level;
    this.shard = shard;
    this.grid = grid;
    this.positions = Objects.requireNonNull(shard.positions());
    this.positionsPerBin = level.width() * axis.positionsPerUnit();
    this.isAllShown = level.points() == shard.count();
    Extent visible = grid.visible();
    from = positions.first() < visible.first() ? visible.first() : Long.MIN_VALUE;
    long last = positions.last() > visible.last() ? visible.last() : Long.MAX_VALUE;
    boolean isHiddenFromHere = !isAllShown && axis == Axis.STEP && hidesSome();
    to = isHiddenFromHere ? Math.min(last, shard.source().belowStep() - 1) : last;
    isKnown = isAllShown || isHiddenFromHere;
  }

  private boolean hidesSome() {
    return shard.source().belowStep() != Source.EVERY_STEP;
  }

  /** Whether it cannot be that of the shard, by what else is known of that. */
  boolean contradicts() {
    if (!isAllShown) {
      return !hidesSome() || level.points() < shard.count();
    }
    return level.bin(0) != Math.floorDiv(positions.first(), positionsPerBin)
        || level.bin(level.size() - 1) != Math.floorDiv(positions.last(), positionsPerBin);
  }

  /**
   * Whether bins can be taken of it: some lie wholly within what is wanted, and it is known which.
   */
  boolean isOfUse() {
    return isKnown && firstBin() <= lastBin();
  }

  /** Adds the bins that lie wholly within what is wanted. */
  void addTo(Bins.Builder bins) {
    long binsOfOne = grid.positionsPerBin() / positionsPerBin;
    long first = firstBin();
    long last = lastBin();
    for (int i = 0; i < level.size(); i++) {
      long bin = level.bin(i);
      if (first <= bin && bin <= last) {
        long finite = level.count(i) - level.nonFinite(i);
        bins.add(
            (int) (Math.floorDiv(bin, binsOfOne) - grid.firstBin()),
            shard.writer(),
            level.min(i),
            level.max(i),
            level.last(i),
            level.lastRow(i),
            level.count(i),
            finite,
            level.mean(i) * Bins.SUM_SCALE * finite);
      }
    }
  }

  /** Where points may lie that are wanted and in none of these bins. */
  List<Extent> edges() {
    List<Extent> edges = new ArrayList<>();
    if (from != Long.MIN_VALUE) {
      addEdge(edges, from, firstBin() * positionsPerBin - 1);
    }
    if (to != Long.MAX_VALUE) {
      addEdge(edges, (lastBin() + 1) * positionsPerBin, to);
    }
    return edges;
  }

  private void addEdge(List<Extent> edges, long first, long last) {
    if (first <= last && positions.meets(new Extent(first, last))) {
      edges.add(new Extent(first, last));
    }
  }

  /* The first bin that lies wholly within what is wanted. */
  private long firstBin() {
    return from == Long.MIN_VALUE
        ? Math.floorDiv(positions.first(), positionsPerBin)
        : -Math.floorDiv(-from, positionsPerBin);
  }

  /* The last one that does. */
  private long lastBin() {
    long greatest = Math.floorDiv(positions.last(), positionsPerBin);
    return to == Long.MAX_VALUE
        ? greatest
        : Math.min(greatest, Math.floorDiv(to + 1, positionsPerBin) - 1);
  }
}
