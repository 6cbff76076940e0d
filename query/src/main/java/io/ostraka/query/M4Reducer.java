package io.ostraka.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * M4 as {@link Reduction#M4} says, over the finite values; and of each bin the first NaN, the first
 * infinity and the first negative infinity, so that they are seen.
 */
final class M4Reducer implements Reducer {
  private static final int FIRST = 0;
  private static final int LAST = 1;
  private static final int LEAST = 2;
  private static final int GREATEST = 3;
  private static final int NAN = 4;
  private static final int INFINITY = 5;
  private static final int NEGATIVE_INFINITY = 6;
  private static final int PLACES = 7;

  private final Grid grid;
  private final PointBuffer points;
  private final boolean[] taken;
  private final long[] arrivals;
  private long seen;

  M4Reducer(Grid grid) {
    this.grid = grid;
    int places = grid.span() * PLACES;
    points = PointBuffer.ofSize(places);
    taken = new boolean[places];
    arrivals = new long[places];
  }

  @Override
  public void add(int writer, long position, double x, long row, double value) {
    if (!grid.shows(position)) {
      return;
    }
    seen++;
    int bin = grid.at(position) * PLACES;
    if (!Double.isFinite(value)) {
      int kind = Double.isNaN(value) ? NAN : value > 0 ? INFINITY : NEGATIVE_INFINITY;
      put(bin + kind, x < points.x(bin + kind), writer, position, x, row, value);
      return;
    }
    double lastX = points.x(bin + LAST);
    boolean isLast = x > lastX || (x == lastX && writer <= points.writer(bin + LAST));
    boolean isLeast = isBefore(value, x, bin + LEAST, 1);
    boolean isGreatest = isBefore(value, x, bin + GREATEST, -1);
    put(bin + FIRST, x < points.x(bin + FIRST), writer, position, x, row, value);
    put(bin + LAST, isLast, writer, position, x, row, value);
    put(bin + LEAST, isLeast, writer, position, x, row, value);
    put(bin + GREATEST, isGreatest, writer, position, x, row, value);
  }

  private boolean isBefore(double value, double x, int place, int sign) {
    int difference = sign * Double.compare(value, points.value(place));
    return difference < 0 || (difference == 0 && x < points.x(place));
  }

  private void put(
      int place, boolean replaces, int writer, long position, double x, long row, double value) {
    if (replaces || !taken[place]) {
      points.set(place, writer, position, x, row, value);
      taken[place] = true;
      arrivals[place] = seen;
    }
  }

  @Override
  public Drawn drawn(List<Integer> order) {
    List<Integer> chosen = new ArrayList<>();
    for (int place = 0; place < taken.length; place++) {
      if (taken[place] && !isThereAlready(place)) {
        chosen.add(place);
      }
    }
    // Of several points at one place the line leaves from the last one.
    chosen.sort(Comparator.comparingLong(this::order));
    int[] sorted = points.byPlace(chosen);
    return Drawn.points(points.points(sorted, order), sorted.length == seen);
  }

  private long order(int place) {
    return place % PLACES == LAST ? Long.MAX_VALUE : arrivals[place];
  }

  private boolean isThereAlready(int place) {
    for (int other = place - place % PLACES; other < place; other++) {
      boolean isSame =
          taken[other]
              && points.row(other) == points.row(place)
              && points.writer(other) == points.writer(place);
      if (isSame) {
        return true;
      }
    }
    return false;
  }
}
