package io.ostraka.query;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The points of a {@link JoinedScan} in its order, where they are so few that it is cheaper to keep
 * them than to scan twice. Not safe for threads.
 */
final class JoinedPoints implements JoinedScan.Taker {
  private static final int FIRST_CAPACITY = 4096;

  private final boolean isOfMetric;
  private int[] tracks = new int[FIRST_CAPACITY];
  private int[] writers = new int[FIRST_CAPACITY];
  private long[] places = new long[FIRST_CAPACITY];
  private long[] rows = new long[FIRST_CAPACITY];
  private double[] values = new double[FIRST_CAPACITY];
  private int size;

  /**
   * None yet.
   *
   * @param isOfMetric whether places are values of another metric
   */
  JoinedPoints(boolean isOfMetric) {
    this.isOfMetric = isOfMetric;
  }

  @Override
  public void take(int track, int writer, long place, long row, double value) {
    if (size == tracks.length) {
      int capacity = 2 * size;
      tracks = Arrays.copyOf(tracks, capacity);
      writers = Arrays.copyOf(writers, capacity);
      places = Arrays.copyOf(places, capacity);
      rows = Arrays.copyOf(rows, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    tracks[size] = track;
    writers[size] = writer;
    places[size] = place;
    rows[size] = row;
    values[size] = value;
    size++;
  }

  /** Where the points of each rank's line reach from and to, by its number: they come in order. */
  Map<Integer, Reach> reach() {
    Map<Integer, Reach> reach = new HashMap<>();
    for (int first = 0, end; first < size; first = end) {
      end = first + 1;
      while (end < size && tracks[end] == tracks[first]) {
        end++;
      }
      reach.put(tracks[first], reach(places[first], places[end - 1]));
    }
    return reach;
  }

  private Reach reach(long first, long last) {
    return isOfMetric
        ? Reach.of(new ValueRange(Double.longBitsToDouble(first), Double.longBitsToDouble(last)))
        : Reach.of(new Extent(first, last));
  }

  /** Gives the points, one rank's line after the other. */
  void give(Axis axis, @Nullable XScale scale, IntFunction<PointSink> sinks) {
    JoinedScan.Giver giver = new JoinedScan.Giver(axis, scale, sinks);
    for (int i = 0; i < size; i++) {
      giver.take(tracks[i], writers[i], places[i], rows[i], values[i]);
    }
    giver.end();
  }
}
