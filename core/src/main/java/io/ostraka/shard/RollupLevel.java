package io.ostraka.shard;

import java.util.Arrays;

/**
 * The non-empty bins of one width of one metric of one shard, ascending: {@code size()} bins, of
 * which the i-th holds the points from {@code bin(i)} × {@code width()} up to the next multiple.
 */
public final class RollupLevel {
  private final long width;
  private final long[] bins;
  private final long[] counts;
  private final long[] nonFinites;
  private final double[] mins;
  private final double[] maxs;
  private final double[] means;
  private final double[] lasts;
  private final long[] lastRows;

  /** Room for some bins, which {@link #set} fills. */
  RollupLevel(long width, int size) {
    this.width = width;
    bins = new long[size];
    counts = new long[size];
    nonFinites = new long[size];
    mins = new double[size];
    maxs = new double[size];
    means = new double[size];
    lasts = new double[size];
    lastRows = new long[size];
  }

  /** Sets the i-th bin. */
  void set(
      int i,
      long bin,
      long count,
      long nonFinite,
      double min,
      double max,
      double mean,
      double last,
      long lastRow) {
    bins[i] = bin;
    counts[i] = count;
    nonFinites[i] = nonFinite;
    mins[i] = min;
    maxs[i] = max;
    means[i] = mean;
    lasts[i] = last;
    lastRows[i] = lastRow;
  }

  /** The width of each bin, a power of ten: in steps, or in milliseconds. */
  public long width() {
    return width;
  }

  /** How many bins there are. */
  public int size() {
    return bins.length;
  }

  /** The number of the i-th bin. */
  public long bin(int i) {
    return bins[i];
  }

  /** How many points the i-th bin has, at least one. */
  public long count(int i) {
    return counts[i];
  }

  /** How many of them are NaN or infinite. */
  public long nonFinite(int i) {
    return nonFinites[i];
  }

  /** The least finite value, NaN if there is none. */
  public double min(int i) {
    return mins[i];
  }

  /** The greatest finite value, NaN if there is none. */
  public double max(int i) {
    return maxs[i];
  }

  /** The mean of the finite values, NaN if there is none. */
  public double mean(int i) {
    return means[i];
  }

  /** The value of the greatest row. */
  public double last(int i) {
    return lasts[i];
  }

  /** The greatest row number. */
  public long lastRow(int i) {
    return lastRows[i];
  }

  /** How many points there are in all bins. */
  public long points() {
    long points = 0;
    for (long count : counts) {
      points += count;
    }
    return points;
  }

  /** Whether another one has the same bins; of the mean, which is rounded, nothing is said. */
  boolean isSameAs(RollupLevel other) {
    return width == other.width
        && Arrays.equals(bins, other.bins)
        && Arrays.equals(counts, other.counts)
        && Arrays.equals(nonFinites, other.nonFinites)
        && Arrays.equals(lastRows, other.lastRows)
        && isSame(mins, other.mins)
        && isSame(maxs, other.maxs)
        && isSame(lasts, other.lasts);
  }

  /* Zero is zero, whatever its sign: which of them is the least depends on who comes first. */
  private static boolean isSame(double[] one, double[] other) {
    for (int i = 0; i < one.length; i++) {
      boolean bothNaN = Double.isNaN(one[i]) && Double.isNaN(other[i]);
      if (!(one[i] == other[i] || bothNaN)) {
        return false;
      }
    }
    return true;
  }

  // What follows is for whoever writes them as columns.

  long[] bins() {
    return bins;
  }

  long[] counts() {
    return counts;
  }

  long[] nonFinites() {
    return nonFinites;
  }

  double[] mins() {
    return mins;
  }

  double[] maxs() {
    return maxs;
  }

  double[] means() {
    return means;
  }

  double[] lasts() {
    return lasts;
  }

  long[] lastRows() {
    return lastRows;
  }
}
