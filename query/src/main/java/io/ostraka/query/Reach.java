package io.ostraka.query;

import org.jspecify.annotations.Nullable;

/**
 * From where to where points reach on an axis.
 *
 * @param positions on an axis of steps or times; null on that of another metric
 * @param values on the axis of another metric, in that metric's values; null on any other
 */
record Reach(@Nullable Extent positions, @Nullable ValueRange values) {
  static Reach of(Extent positions) {
    return new Reach(positions, null);
  }

  static Reach of(ValueRange values) {
    return new Reach(null, values);
  }

  /** The least one that holds both, which are of the same axis. */
  Reach and(Reach other) {
    ValueRange both = values == null || other.values == null ? null : values.and(other.values);
    return new Reach(Extent.union(positions, other.positions), both);
  }
}
