package io.ostraka.query;

import io.ostraka.Stream;
import io.ostraka.catalog.LiveShard;
import io.ostraka.shard.MetricTotals;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A shard that a query reads, and which of its rows.
 *
 * @param shard what is read
 * @param stream what its rows are
 * @param writer the number of its writer within the query, from 0
 * @param fromRow rows below this one are not read: they are another shard's, or were read before
 * @param belowStep rows of this step and greater ones are hidden, since another writer resumed or
 *     another run was forked there; {@link #EVERY_STEP} hides none
 */
record Source(LiveShard shard, Stream stream, int writer, long fromRow, long belowStep) {
  static final long EVERY_STEP = Long.MAX_VALUE;

  /* A smaller shard has one row group, and no table of its metrics. */
  private static final long TABLE_BYTES = 128 * 1024;

  boolean isEmpty() {
    return fromRow > shard.name().last();
  }

  /** Whether it is read from its first row on, and is so large that its footer may say it all. */
  boolean mayHaveTable() {
    return stream.isSeries() && isReadFromItsFirstRow() && shard.sizeBytes() >= TABLE_BYTES;
  }

  boolean isReadFromItsFirstRow() {
    return fromRow <= shard.name().first();
  }

  /** Whether no point of a metric is hidden. */
  boolean shows(MetricTotals totals) {
    return belowStep == EVERY_STEP
        || totals.steps().map(steps -> steps.greatest() < belowStep).orElse(true);
  }

  /** Whether a row is read; where every step is, it need not have one. */
  boolean reads(long row, long step) {
    return row >= fromRow && (belowStep == EVERY_STEP || step < belowStep);
  }

  /** The same from a later row on, if that is later. */
  Source from(long row) {
    return row <= fromRow ? this : new Source(shard, stream, writer, row, belowStep);
  }

  /** The condition that a row of some sources is read, in the order of their files. */
  static String areRead(List<Source> sources, SqlValues values) {
    boolean everyRow = sources.stream().allMatch(s -> s.fromRow <= s.shard.name().first());
    boolean everyStep = sources.stream().allMatch(s -> s.belowStep == EVERY_STEP);
    String rows = everyRow ? "true" : "row >= " + perFile(sources, values, Source::fromRow);
    String steps = everyStep ? "true" : "step < " + perFile(sources, values, Source::belowStep);
    return rows + " AND " + steps;
  }

  /** A number of each source, in the order of their files. */
  static String perFile(List<Source> sources, SqlValues values, ToLongFunction<Source> number) {
    return values.perFile(sources.stream().mapToLong(number).toArray());
  }
}
