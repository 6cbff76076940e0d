package io.ostraka.cli.draw;

import io.ostraka.query.Bins;
import java.util.Arrays;

/**
 * A line cut into columns from left to right. A column has the least, the greatest and the mean of
 * its finite values, or none, and may have values that are not finite.
 */
public final class Curve {
  private static final int LEAST_GAP = 3;

  private final double[] lows;
  private final double[] highs;
  private final double[] sums;
  private final long[] finites;
  private final long[] nonFinites;

  private Curve(int columns) {
    lows = new double[columns];
    highs = new double[columns];
    sums = new double[columns];
    finites = new long[columns];
    nonFinites = new long[columns];
  }

  /**
   * The curve of some bins.
   *
   * @param bins of a line
   * @param width of a bin, in steps
   * @param first the step at the left edge
   * @param last the step at the right edge
   * @param columns how many columns there are, at least 1
   */
  public static Curve of(Bins bins, long width, long first, long last, int columns) {
    Curve curve = new Curve(columns);
    double steps = (double) last - first + 1;
    for (int i = 0; i < bins.size(); i++) {
      double middle = (double) bins.number(i) * width + (width - 1) / 2.0;
      int column = (int) Math.floor((middle - first) / steps * columns);
      curve.add(Math.max(0, Math.min(columns - 1, column)), bins, i);
    }
    return curve;
  }

  private void add(int column, Bins bins, int bin) {
    long finite = bins.count(bin) - bins.nonFinite(bin);
    nonFinites[column] += bins.nonFinite(bin);
    if (finite > 0) {
      boolean isFirst = finites[column] == 0;
      lows[column] = isFirst ? bins.min(bin) : Math.min(lows[column], bins.min(bin));
      highs[column] = isFirst ? bins.max(bin) : Math.max(highs[column], bins.max(bin));
      sums[column] += (double) bins.mean(bin) * finite;
      finites[column] += finite;
    }
  }

  /** How many columns there are. */
  int columns() {
    return lows.length;
  }

  /** Whether a column has finite values. */
  boolean has(int column) {
    return finites[column] > 0;
  }

  /** How many values are NaN or infinite. */
  public long nonFinite() {
    return Arrays.stream(nonFinites).sum();
  }

  /** How many of a column's values are. */
  long nonFinite(int column) {
    return nonFinites[column];
  }

  double low(int column) {
    return lows[column];
  }

  double high(int column) {
    return highs[column];
  }

  double mean(int column) {
    double mean = sums[column] / finites[column];
    return Math.max(lows[column], Math.min(highs[column], mean));
  }

  /** The columns with finite values, from the left. */
  int[] filled() {
    int[] filled = new int[columns()];
    int size = 0;
    for (int column = 0; column < filled.length; column++) {
      if (has(column)) {
        filled[size++] = column;
      }
    }
    return Arrays.copyOf(filled, size);
  }

  /**
   * From how many columns on the distance between two filled ones is a gap and no line: three times
   * the usual distance.
   */
  int gap() {
    int[] filled = filled();
    if (filled.length < 2) {
      return LEAST_GAP;
    }
    int[] distances = new int[filled.length - 1];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = filled[i + 1] - filled[i];
    }
    Arrays.sort(distances);
    return Math.max(LEAST_GAP, 3 * distances[distances.length / 2]);
  }

  /** Whether a line is drawn from one filled column to the next: no gap, and nothing not finite. */
  boolean isJoined(int from, int to, int gap) {
    for (int column = from + 1; column < to; column++) {
      if (nonFinites[column] > 0) {
        return false;
      }
    }
    return to - from <= gap;
  }
}
