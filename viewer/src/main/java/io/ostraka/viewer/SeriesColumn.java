package io.ostraka.viewer;

import io.ostraka.query.Band;
import io.ostraka.query.Bins;
import io.ostraka.query.Drawn;
import io.ostraka.query.Points;
import io.ostraka.query.Statistic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A column of one series in an answer.
 *
 * @param name its name in the head
 * @param size how many values it has
 * @param valueBytes bytes of each
 * @param cell writes the i-th
 */
record SeriesColumn(String name, int size, int valueBytes, Cell cell) {
  private interface Cell {
    void put(ByteBuffer to, int i);
  }

  /** The columns of what is drawn of a series, in their order. */
  static List<SeriesColumn> of(Drawn drawn) {
    Points points = drawn.points();
    return points == null ? of(drawn.bins(), drawn.band()) : of(points);
  }

  private static List<SeriesColumn> of(Bins bins, @Nullable Band band) {
    int size = bins.size();
    long origin = origin(bins);
    List<SeriesColumn> columns = new ArrayList<>();
    columns.add(words("bin", size, i -> bins.number(i) - origin));
    columns.add(singles("min", size, bins::min));
    columns.add(singles("max", size, bins::max));
    columns.add(singles("mean", size, band == null ? bins::mean : band::mean));
    columns.add(singles("last", size, bins::last));
    columns.add(words("count", size, bins::count));
    if (any(size, i -> bins.nonFinite(i) > 0)) {
      columns.add(words("nonfinite", size, bins::nonFinite));
    }
    if (any(size, i -> bins.writer(i) > 0)) {
      columns.add(words("writer", size, bins::writer));
    }
    if (band != null) {
      Statistic statistic = band.statistic();
      if (hasSpread(statistic)) {
        columns.add(singles(statistic.name().toLowerCase(Locale.ROOT), size, band::spread));
      }
      columns.add(words("members", size, band::members));
    }
    return columns;
  }

  /** Whether a statistic is a number of its own in each bin. */
  static boolean hasSpread(Statistic statistic) {
    return statistic != Statistic.MEAN && statistic != Statistic.MINMAX;
  }

  private static List<SeriesColumn> of(Points points) {
    int size = points.size();
    List<SeriesColumn> columns = new ArrayList<>();
    columns.add(doubles("x", size, points::x));
    columns.add(doubles("value", size, points::value));
    if (any(size, i -> points.writer(i) > 0)) {
      columns.add(words("writer", size, points::writer));
    }
    return columns;
  }

  /** What is taken off bin numbers, since those of wall-clock time do not fit 32 bits. */
  static long origin(Bins bins) {
    if (bins.size() == 0) {
      return 0;
    }
    long first = bins.number(0);
    long last = bins.number(bins.size() - 1);
    boolean fits = first >= Integer.MIN_VALUE && last <= Integer.MAX_VALUE;
    return fits ? 0 : first;
  }

  int sizeBytes() {
    return size * valueBytes;
  }

  void put(ByteBuffer to) {
    for (int i = 0; i < size; i++) {
      cell.put(to, i);
    }
  }

  private static SeriesColumn words(String name, int size, IntToLongFunction value) {
    return new SeriesColumn(
        name, size, Integer.BYTES, (to, i) -> to.putInt((int) value.applyAsLong(i)));
  }

  private static SeriesColumn singles(String name, int size, IntToDoubleFunction value) {
    return new SeriesColumn(
        name, size, Float.BYTES, (to, i) -> to.putFloat(single(value.applyAsDouble(i))));
  }

  /* A finite value stays one. */
  private static float single(double value) {
    boolean isTooLarge = Double.isFinite(value) && Math.abs(value) > Float.MAX_VALUE;
    return isTooLarge ? Math.copySign(Float.MAX_VALUE, (float) value) : (float) value;
  }

  private static SeriesColumn doubles(String name, int size, IntToDoubleFunction value) {
    return new SeriesColumn(
        name, size, Double.BYTES, (to, i) -> to.putDouble(value.applyAsDouble(i)));
  }

  private static boolean any(int size, IntPredicate condition) {
    return IntStream.range(0, size).anyMatch(condition);
  }
}
