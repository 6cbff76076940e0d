package io.ostraka.query;

import java.util.Collections;
import java.util.List;

/**
 * The non-empty bins of one series, in ascending order. Values are single precision, finite ones
 * limited to what that can hold, so that a finite value stays one.
 */
public final class Bins {
  /**
   * What values are multiplied with before they are added up: a power of two, so that no digit is
   * lost, and so small that no sum of finite values is infinite.
   */
  static final double SUM_SCALE = 0x1p-64;

  private final long[] numbers;
  private final float[] mins;
  private final float[] maxs;
  private final float[] means;
  private final float[] lasts;
  private final long[] counts;
  private final long[] nonFinites;
  private final int[] writers;

  private Bins(Builder from, int[] chosen, List<Integer> order) {
    int size = chosen.length;
    numbers = new long[size];
    mins = new float[size];
    maxs = new float[size];
    means = new float[size];
    lasts = new float[size];
    counts = new long[size];
    nonFinites = new long[size];
    writers = new int[size];
    for (int i = 0; i < size; i++) {
      int at = chosen[i];
      long finite = from.finites[at];
      numbers[i] = from.first + at;
      mins[i] = finite == 0 ? Float.NaN : single(from.mins[at]);
      maxs[i] = finite == 0 ? Float.NaN : single(from.maxs[at]);
      means[i] = finite == 0 ? Float.NaN : single(from.mean(at));
      lasts[i] = single(from.lasts[at]);
      counts[i] = from.counts[at];
      nonFinites[i] = from.counts[at] - finite;
      writers[i] = Collections.binarySearch(order, from.writers[at]);
    }
  }

  /** No bins. */
  static Bins none() {
    return new Builder(0, 0).build(List.of());
  }

  /** How many bins there are. */
  public int size() {
    return numbers.length;
  }

  /** The number of the i-th bin, which spans [number × width, (number + 1) × width). */
  public long number(int i) {
    return numbers[i];
  }

  /** The least finite value, NaN if there is none. */
  public float min(int i) {
    return mins[i];
  }

  /** The greatest finite value, NaN if there is none. */
  public float max(int i) {
    return maxs[i];
  }

  /** The mean of the finite values, NaN if there is none. */
  public float mean(int i) {
    return means[i];
  }

  /** The value of the greatest row of the first writer that has a point in the bin. */
  public float last(int i) {
    return lasts[i];
  }

  /** How many points there are, at least one. */
  public long count(int i) {
    return counts[i];
  }

  /** How many of the points are NaN or infinite. */
  public long nonFinite(int i) {
    return nonFinites[i];
  }

  /** Whose value {@link #last} is: an index into {@link Series#writers}. */
  public int writer(int i) {
    return writers[i];
  }

  private static float single(double value) {
    if (Double.isFinite(value)) {
      return (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
    }
    return (float) value;
  }

  /** Merges what several writers have in the same bins. */
  static final class Builder {
    private final long first;
    private final double[] mins;
    private final double[] maxs;
    private final double[] sums;
    private final double[] lasts;
    private final long[] lastRows;
    private final long[] counts;
    private final long[] finites;
    private final int[] writers;
    private int used;

    /**
     * Without points yet.
     *
     * @param first the number of the first bin
     * @param span how many bins there may be from there on
     */
    Builder(long first, int span) {
      this.first = first;
      mins = new double[span];
      maxs = new double[span];
      sums = new double[span];
      lasts = new double[span];
      lastRows = new long[span];
      counts = new long[span];
      finites = new long[span];
      writers = new int[span];
    }

    /**
     * Adds what one writer has in one bin, or a part of it.
     *
     * @param at the bin, counted from the first one
     * @param min over the finite values; of no meaning without any
     * @param max likewise
     * @param last the value of the greatest row
     * @param lastRow the number of that row
     * @param scaledSum of the finite values times {@link #SUM_SCALE}; of no meaning without any
     */
    void add(
        int at,
        int writer,
        double min,
        double max,
        double last,
        long lastRow,
        long count,
        long finite,
        double scaledSum) {
      addLast(at, writer, lastRow, last);
      addFinite(at, min, max, finite, scaledSum);
      addCount(at, count);
    }

    /** Adds one point; those of a bin come in any order. */
    void add(int at, int writer, long row, double value) {
      addLast(at, writer, row, value);
      addFinite(at, value, value, Double.isFinite(value) ? 1 : 0, value * SUM_SCALE);
      addCount(at, 1);
    }

    private void addLast(int at, int writer, long row, double value) {
      boolean isLast =
          counts[at] == 0 || writer < writers[at] || (writer == writers[at] && row >= lastRows[at]);
      if (isLast) {
        lasts[at] = value;
        lastRows[at] = row;
        writers[at] = writer;
      }
    }

    private void addFinite(int at, double min, double max, long finite, double scaledSum) {
      if (finite > 0) {
        boolean firstFinite = finites[at] == 0;
        mins[at] = firstFinite ? min : Math.min(mins[at], min);
        maxs[at] = firstFinite ? max : Math.max(maxs[at], max);
        sums[at] += scaledSum;
        finites[at] += finite;
      }
    }

    private void addCount(int at, long count) {
      used += counts[at] == 0 ? 1 : 0;
      counts[at] += count;
    }

    /** Whether a bin has a finite value. */
    boolean hasFinite(int at) {
      return finites[at] > 0;
    }

    /** The mean of a bin's finite values, of which there is one at least. */
    double mean(int at) {
      // Rounding may not carry it beyond the values that it is the mean of.
      double mean = sums[at] / finites[at] / SUM_SCALE;
      return Math.max(mins[at], Math.min(maxs[at], mean));
    }

    private void addAll(Builder other) {
      for (int at : other.filled()) {
        add(
            at,
            other.writers[at],
            other.mins[at],
            other.maxs[at],
            other.lasts[at],
            other.lastRows[at],
            other.counts[at],
            other.finites[at],
            other.sums[at]);
      }
    }

    /**
     * The bins.
     *
     * @param order the numbers of all writers that may have been added, ascending
     */
    Bins build(List<Integer> order) {
      return new Bins(this, filled(), order);
    }

    /**
     * The bins of several members together, and what is told of them.
     *
     * @param order the numbers of all writers that may have been added, ascending
     */
    static Drawn drawn(List<Builder> members, Statistic statistic, List<Integer> order) {
      Builder first = members.get(0);
      Builder all = new Builder(first.first, first.counts.length);
      members.forEach(all::addAll);
      return Drawn.band(all.build(order), Band.of(statistic, all.filled(), members));
    }

    /* The places of the bins that have points. */
    private int[] filled() {
      int[] filled = new int[used];
      int size = 0;
      for (int at = 0; at < counts.length; at++) {
        if (counts[at] > 0) {
          filled[size++] = at;
        }
      }
      return filled;
    }
  }
}
