package io.ostraka.shard;

import java.io.IOException;
import java.util.Arrays;

/**
 * The points of one metric in one shard, in the order of the file: {@code size()} points, of which
 * those without a step are the first. Never changes.
 */
public final class MetricPoints {
  private final long[] rows;
  private final long[] steps;
  private final long[] times;
  private final double[] values;
  private final int withoutStep;

  private MetricPoints(Builder from) {
    rows = Arrays.copyOf(from.rows, from.size);
    steps = Arrays.copyOf(from.steps, from.size);
    times = Arrays.copyOf(from.times, from.size);
    values = Arrays.copyOf(from.values, from.size);
    withoutStep = from.withoutStep;
  }

  /** How many points there are. */
  public int size() {
    return rows.length;
  }

  /** How many have no step; these are the first ones. */
  public int withoutStep() {
    return withoutStep;
  }

  /** The row of the i-th point. */
  public long row(int i) {
    return rows[i];
  }

  /** Its step, 0 if it has none. */
  public long step(int i) {
    return steps[i];
  }

  /** Its time, in microseconds since the epoch, UTC. */
  public long timeMicros(int i) {
    return times[i];
  }

  /** Its value. */
  public double value(int i) {
    return values[i];
  }

  /** Collects points, batch by batch. */
  static final class Builder {
    private long[] rows = {};
    private long[] steps = {};
    private long[] times = {};
    private double[] values = {};
    private int size;
    private int withoutStep;

    /** Adds some rows of a shard's present batch. */
    void add(ShardReader shard, int from, int to) throws IOException {
      int count = to - from;
      if (size + count > rows.length) {
        int capacity = Math.max(size + count, 2 * size);
        rows = Arrays.copyOf(rows, capacity);
        steps = Arrays.copyOf(steps, capacity);
        times = Arrays.copyOf(times, capacity);
        values = Arrays.copyOf(values, capacity);
      }
      boolean[] absent = shard.withoutStep();
      for (int i = from; i < to && absent.length > 0; i++) {
        if (absent[i]) {
          if (withoutStep < size + i - from) {
            throw new DamagedPageException("a row without a step behind one that has one");
          }
          withoutStep++;
        }
      }
      System.arraycopy(shard.rows(), from, rows, size, count);
      System.arraycopy(shard.steps(), from, steps, size, count);
      System.arraycopy(shard.times(), from, times, size, count);
      System.arraycopy(((RealReader) shard.values(1)).values(), from, values, size, count);
      size += count;
    }

    MetricPoints build() {
      return new MetricPoints(this);
    }
  }
}
