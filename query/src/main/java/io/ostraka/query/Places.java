package io.ostraka.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the points of some writers lie on an axis.
 *
 * @param axis the axis
 * @param origins what the positions of each writer are counted from: the start of its run, or 0
 */
record Places(Axis axis, List<Long> origins) {
  static Places on(Axis axis, Selection selection, ShardSummaries.Loaded summaries) {
    List<Long> origins = new ArrayList<>();
    Map<Integer, Long> starts = new TreeMap<>();
    for (int writer = 0; writer < selection.writerCount(); writer++) {
      int run = selection.runOf(writer);
      boolean relative = axis == Axis.RELATIVE;
      origins.add(
          relative ? starts.computeIfAbsent(run, at -> selection.startMicros(at, summaries)) : 0L);
    }
    return new Places(axis, origins);
  }

  /** From where to where points reach, in positions; null if none has a place on the axis. */
  @Nullable Extent of(ShardSummary.Entry entry, int writer) {
    if (axis == Axis.STEP) {
      return entry.steps();
    }
    Extent times = entry.timesMicros();
    long origin = origins.get(writer);
    return new Extent(times.first() - origin, times.last() - origin);
  }

  /** The same in units of x. */
  Extent units(Extent positions) {
    return new Extent(axis.unitOf(positions.first()), axis.unitOf(positions.last()));
  }
}
