package io.ostraka.query;

import java.util.ArrayList;
import java.util.List;

/**
 * Largest triangle, three buckets as {@link Reduction#LTTB} says, over the finite values; and of
 * each bin one value that is not finite. All points of the line are in memory meanwhile.
 */
final class LttbReducer implements Reducer {
  /** About 200 MB. */
  static final int MOST_POINTS = 5_000_000;

  private final Grid grid;
  private final int wanted;
  private final PointBuffer points = new PointBuffer();
  private final PointBuffer nonFinite = new PointBuffer();
  private final boolean[] hasNonFinite;
  private long seen;

  LttbReducer(Grid grid, int wanted) {
    this.grid = grid;
    this.wanted = wanted;
    this.hasNonFinite = new boolean[grid.span()];
  }

  @Override
  public void add(int writer, long position, double x, long row, double value) {
    if (!grid.shows(position)) {
      return;
    }
    seen++;
    if (Double.isFinite(value)) {
      if (points.size() == MOST_POINTS) {
        throw new IllegalArgumentException(
            "reduce = lttb holds a line in memory and takes up to "
                + MOST_POINTS
                + " points; ask for bins or m4, or for a smaller range");
      }
      points.add(writer, position, x, row, value);
    } else if (!hasNonFinite[grid.at(position)]) {
      hasNonFinite[grid.at(position)] = true;
      nonFinite.add(writer, position, x, row, value);
    }
  }

  @Override
  public Drawn drawn(List<Integer> order) {
    int[] sorted = points.byPlace();
    List<Integer> chosen = new ArrayList<>();
    for (int place : sorted.length <= wanted ? sorted : choose(sorted)) {
      chosen.add(place);
    }
    for (int i = 0; i < nonFinite.size(); i++) {
      chosen.add(points.size());
      points.add(nonFinite, i);
    }
    int[] places = points.byPlace(chosen);
    return Drawn.points(points.points(places, order), places.length == seen);
  }

  private int[] choose(int[] sorted) {
    int[] chosen = new int[wanted];
    int groups = wanted - 2;
    double size = groups == 0 ? 0 : (sorted.length - 2) / (double) groups;
    chosen[0] = sorted[0];
    for (int group = 0; group < groups; group++) {
      int from = 1 + (int) (group * size);
      int to = 1 + (int) ((group + 1) * size);
      int next = Math.min(sorted.length, 1 + (int) ((group + 2) * size));
      chosen[group + 1] = largest(sorted, from, to, Math.max(to + 1, next), chosen[group]);
    }
    chosen[wanted - 1] = sorted[sorted.length - 1];
    return chosen;
  }

  /* The point of a group that makes the largest triangle with the one chosen before it and the
   * mean of the next group. */
  private int largest(int[] sorted, int from, int to, int next, int before) {
    double meanX = 0;
    double meanValue = 0;
    for (int i = to; i < next; i++) {
      meanX += points.x(sorted[i]) / (next - to);
      meanValue += points.value(sorted[i]) / (next - to);
    }
    int best = sorted[from];
    double greatest = -1;
    for (int i = from; i < to; i++) {
      double area =
          Math.abs(
              (points.x(before) - meanX) * (points.value(sorted[i]) - points.value(before))
                  - (points.x(before) - points.x(sorted[i])) * (meanValue - points.value(before)));
      if (area > greatest) {
        greatest = area;
        best = sorted[i];
      }
    }
    return best;
  }
}
