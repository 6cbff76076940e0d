package io.ostraka.query;

import io.ostraka.WriterId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Bins as {@code docs/http.md} describes them, made by hand from rows in memory. */
final class NaiveSeries {
  private NaiveSeries() {}

  /**
   * A row and where it lies on the axis.
   *
   * @param lead the writer whose name its rank's line has
   * @param order the place of its writer among those of the run: the first has the last word
   * @param position in positions
   */
  record Placed(
      WriterId lead, WriterId writer, int order, long row, long step, long position, double value) {
    /** The same with another value. */
    Placed with(double other) {
      return new Placed(lead, writer, order, row, step, position, other);
    }
  }

  /** One bin; {@code last} is of {@code writer}. */
  record Bin(float min, float max, float last, WriterId writer, long count, long nonFinite) {}

  /** The bins of some rows by number. */
  static Map<Long, Bin> bins(List<Placed> rows, long positionsPerBin) {
    Map<Long, List<Placed>> byBin = new TreeMap<>();
    for (Placed row : rows) {
      long number = Math.floorDiv(row.position(), positionsPerBin);
      byBin.computeIfAbsent(number, n -> new ArrayList<>()).add(row);
    }
    Map<Long, Bin> bins = new TreeMap<>();
    byBin.forEach((number, inBin) -> bins.put(number, bin(inBin)));
    return bins;
  }

  private static Bin bin(List<Placed> rows) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    long finite = 0;
    Placed last = rows.get(0);
    for (Placed row : rows) {
      if (Double.isFinite(row.value())) {
        min = Math.min(min, row.value());
        max = Math.max(max, row.value());
        finite++;
      }
      int order = row.order() - last.order();
      if (order < 0 || (order == 0 && row.row() > last.row())) {
        last = row;
      }
    }
    float none = Float.NaN;
    return new Bin(
        finite == 0 ? none : single(min),
        finite == 0 ? none : single(max),
        single(last.value()),
        last.writer(),
        rows.size(),
        rows.size() - finite);
  }

  private static float single(double value) {
    boolean tooLarge = Double.isFinite(value) && Float.isInfinite((float) value);
    return tooLarge ? Math.copySign(Float.MAX_VALUE, (float) value) : (float) value;
  }

  /** The means of the finite values by bin; NaN where there are none. */
  static Map<Long, Double> means(List<Placed> rows, long positionsPerBin) {
    Map<Long, List<Double>> byBin = new TreeMap<>();
    for (Placed row : rows) {
      long number = Math.floorDiv(row.position(), positionsPerBin);
      List<Double> values = byBin.computeIfAbsent(number, n -> new ArrayList<>());
      if (Double.isFinite(row.value())) {
        values.add(row.value());
      }
    }
    Map<Long, Double> means = new TreeMap<>();
    byBin.forEach(
        (number, values) ->
            means.put(
                number,
                values.stream().mapToDouble(value -> value / values.size()).sum()
                    / (values.isEmpty() ? 0 : 1)));
    return means;
  }

  /** Of several rows of a rank at one step the one that has the last word. */
  static List<Placed> lastOfRepeats(List<Placed> rows) {
    Map<String, Placed> kept = new LinkedHashMap<>();
    for (Placed row : rows) {
      kept.merge(
          row.lead() + " " + row.step(),
          row,
          (one, other) -> {
            boolean replaces =
                other.order() < one.order()
                    || (other.order() == one.order() && other.row() > one.row());
            return replaces ? other : one;
          });
    }
    return List.copyOf(kept.values());
  }

  /** The bins of a series of an answer, in the same form. */
  static Map<Long, Bin> of(Series series) {
    Map<Long, Bin> bins = new TreeMap<>();
    Bins from = series.bins();
    for (int i = 0; i < from.size(); i++) {
      WriterId writer = series.writers().get(from.writer(i));
      bins.put(
          from.number(i),
          new Bin(
              from.min(i), from.max(i), from.last(i), writer, from.count(i), from.nonFinite(i)));
    }
    return bins;
  }

  /**
   * What a client makes of bins that it holds and an answer with only what is new.
   *
   * @param order the writers as the answer has them
   */
  static Map<Long, Bin> merged(Map<Long, Bin> held, Map<Long, Bin> news, List<WriterId> order) {
    Map<Long, Bin> merged = new TreeMap<>(held);
    news.forEach((number, bin) -> merged.merge(number, bin, (h, n) -> merged(h, n, order)));
    return merged;
  }

  private static Bin merged(Bin held, Bin news, List<WriterId> order) {
    boolean replaced = order.indexOf(news.writer()) <= order.indexOf(held.writer());
    return new Bin(
        Float.isNaN(held.min()) ? news.min() : least(held.min(), news.min()),
        Float.isNaN(held.max()) ? news.max() : greatest(held.max(), news.max()),
        replaced ? news.last() : held.last(),
        replaced ? news.writer() : held.writer(),
        held.count() + news.count(),
        held.nonFinite() + news.nonFinite());
  }

  private static float least(float held, float news) {
    return Float.isNaN(news) ? held : Math.min(held, news);
  }

  private static float greatest(float held, float news) {
    return Float.isNaN(news) ? held : Math.max(held, news);
  }
}
