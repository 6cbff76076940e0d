package io.ostraka.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the bins of one metric on one axis, of points in any order. Begins with bins of one unit,
 * and makes ten of them one whenever there are more than the points so far are worth; so it takes
 * little memory however many points come. Not safe for threads.
 */
final class RollupBinner {
  /** So many bins are kept however few points there are, until it is known how many come. */
  private static final int FREE_BINS = 1024;

  /** Levels of so few bins need no coarser one. */
  private static final int FEW_BINS = 10;

  /** Ten to the power of this in microseconds is what 64 bits hold. */
  private static final int GREATEST_LEVEL = 15;

  /** What sums are multiplied with, so that none of finite values is infinite. */
  private static final double SUM_SCALE = 0x1p-64;

  private final RollupAxis axis;
  private final RollupRule rule;
  private int level;
  private long width = 1;
  private Map<Long, Integer> places = new HashMap<>();
  private long[] bins = new long[FREE_BINS];
  private long[] counts = new long[FREE_BINS];
  private long[] finites = new long[FREE_BINS];
  private double[] mins = new double[FREE_BINS];
  private double[] maxs = new double[FREE_BINS];
  private double[] sums = new double[FREE_BINS];
  private double[] lasts = new double[FREE_BINS];
  private long[] lastRows = new long[FREE_BINS];
  private int size;
  private long points;

  RollupBinner(RollupAxis axis, RollupRule rule) {
    this.axis = axis;
    this.rule = rule;
  }

  /**
   * Adds points.
   *
   * @param positions where they lie: steps or microseconds
   */
  void add(long[] positions, long[] rows, double[] values, int from, int to) {
    for (int i = from; i < to; ) {
      int at = place(positions[i]);
      long positionsPerBin = width * axis.positionsPerUnit();
      long before = Math.floorMod(positions[i], positionsPerBin);
      long first = minus(positions[i], before);
      long last = plus(positions[i], positionsPerBin - 1 - before);
      int end = i + 1;
      while (end < to && first <= positions[end] && positions[end] <= last) {
        end++;
      }
      addTo(at, rows, values, i, end);
      points += end - i;
      i = end;
    }
  }

  private static long minus(long value, long less) {
    return value < Long.MIN_VALUE + less ? Long.MIN_VALUE : value - less;
  }

  private static long plus(long value, long more) {
    return value > Long.MAX_VALUE - more ? Long.MAX_VALUE : value + more;
  }

  private long affordable() {
    long worth = Math.max(FREE_BINS, points / rule.pointsPerBin());
    return level == GREATEST_LEVEL ? Long.MAX_VALUE : Math.min(rule.mostBins(), worth);
  }

  /* What is made of points depends on nothing but their order: not on how many come at once. */
  private int place(long position) {
    long bin = Math.floorDiv(position, width * axis.positionsPerUnit());
    if (size > 0 && bins[size - 1] == bin) {
      return size - 1;
    }
    Integer known = places.get(bin);
    if (known != null) {
      return known;
    }
    if (size >= affordable()) {
      coarsen();
      return place(position);
    }
    return begin(bin);
  }

  private int begin(long bin) {
    if (size == bins.length) {
      grow();
    }
    places.put(bin, size);
    bins[size] = bin;
    counts[size] = 0;
    finites[size] = 0;
    mins[size] = Double.POSITIVE_INFINITY;
    maxs[size] = Double.NEGATIVE_INFINITY;
    sums[size] = 0;
    lastRows[size] = Long.MIN_VALUE;
    return size++;
  }

  private void grow() {
    int capacity = 2 * bins.length;
    bins = Arrays.copyOf(bins, capacity);
    counts = Arrays.copyOf(counts, capacity);
    finites = Arrays.copyOf(finites, capacity);
    mins = Arrays.copyOf(mins, capacity);
    maxs = Arrays.copyOf(maxs, capacity);
    sums = Arrays.copyOf(sums, capacity);
    lasts = Arrays.copyOf(lasts, capacity);
    lastRows = Arrays.copyOf(lastRows, capacity);
  }

  private void addTo(int at, long[] rows, double[] values, int from, int to) {
    long finite = 0;
    double min = mins[at];
    double max = maxs[at];
    double sum = sums[at];
    long lastRow = lastRows[at];
    double last = lasts[at];
    for (int i = from; i < to; i++) {
      double value = values[i];
      if (Double.isFinite(value)) {
        finite++;
        min = value < min ? value : min;
        max = value > max ? value : max;
        sum += value * SUM_SCALE;
      }
      if (rows[i] >= lastRow) {
        lastRow = rows[i];
        last = value;
      }
    }
    counts[at] += to - from;
    finites[at] += finite;
    mins[at] = min;
    maxs[at] = max;
    sums[at] = sum;
    lastRows[at] = lastRow;
    lasts[at] = last;
  }

  /** Makes ten bins one. */
  private void coarsen() {
    Map<Long, Integer> next = new HashMap<>();
    int kept = 0;
    for (int i = 0; i < size; i++) {
      long bin = Math.floorDiv(bins[i], 10L);
      Integer known = next.get(bin);
      if (known == null) {
        next.put(bin, kept);
        bins[kept] = bin;
        copy(i, kept);
        kept++;
      } else {
        merge(i, known);
      }
    }
    places = next;
    size = kept;
    level++;
    width *= 10;
  }

  private void copy(int from, int to) {
    counts[to] = counts[from];
    finites[to] = finites[from];
    mins[to] = mins[from];
    maxs[to] = maxs[from];
    sums[to] = sums[from];
    lasts[to] = lasts[from];
    lastRows[to] = lastRows[from];
  }

  private void merge(int from, int to) {
    counts[to] += counts[from];
    finites[to] += finites[from];
    mins[to] = Math.min(mins[from], mins[to]);
    maxs[to] = Math.max(maxs[from], maxs[to]);
    sums[to] += sums[from];
    if (lastRows[from] > lastRows[to]) {
      lastRows[to] = lastRows[from];
      lasts[to] = lasts[from];
    }
  }

  /** The levels that are worth it, the finest first, and perhaps none; then it begins anew. */
  List<RollupLevel> end() {
    List<RollupLevel> levels = new ArrayList<>();
    while (level < GREATEST_LEVEL && size > Math.min(rule.mostBins(), worth())) {
      coarsen();
    }
    if (points >= rule.leastPoints() && size > 0 && size <= worth()) {
      levels.add(level());
      while (size > FEW_BINS && level < GREATEST_LEVEL) {
        coarsen();
        levels.add(level());
      }
    }
    level = 0;
    width = 1;
    places = new HashMap<>();
    size = 0;
    points = 0;
    return levels;
  }

  private long worth() {
    return points / rule.pointsPerBin();
  }

  private RollupLevel level() {
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(i -> bins[i]));
    RollupLevel made = new RollupLevel(width, size);
    for (int i = 0; i < size; i++) {
      int at = order[i];
      boolean any = finites[at] > 0;
      made.set(
          i,
          bins[at],
          counts[at],
          counts[at] - finites[at],
          any ? mins[at] : Double.NaN,
          any ? maxs[at] : Double.NaN,
          any ? mean(at) : Double.NaN,
          lasts[at],
          lastRows[at]);
    }
    return made;
  }

  /* Rounding may not carry it beyond the values that it is the mean of. */
  private double mean(int at) {
    double mean = sums[at] / finites[at] / SUM_SCALE;
    return Math.max(mins[at], Math.min(maxs[at], mean));
  }
}
