package io.ostraka.query;

import io.ostraka.WriterId;
import io.ostraka.query.NaiveSeries.Placed;
import io.ostraka.query.smooth.Smoothing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Smoothing, M4 and the last points by the words of {@code docs/http.md}, over rows in memory. */
final class NaiveReduction {
  static final String EMA = "ema:0.75";
  static final String MEDIAN = "median:5";

  private NaiveReduction() {}

  /** What is drawn of a line. */
  static List<Placed> of(Reduction reduction, List<Placed> rows, long positionsPerBin, int wanted) {
    List<Placed> sequence = inOrder(rows);
    return switch (reduction) {
      case BINS, LTTB -> throw new IllegalArgumentException(reduction + " is checked otherwise");
      case M4 -> m4(sequence, positionsPerBin);
      case LAST -> sequence.subList(Math.max(0, sequence.size() - wanted), sequence.size());
    };
  }

  /** By place; of one place rank by rank, of one rank the last word last. */
  static List<Placed> inOrder(List<Placed> rows) {
    Map<WriterId, Integer> ranks = new HashMap<>();
    rows.forEach(row -> ranks.merge(row.lead(), row.order(), Math::min));
    List<Placed> sequence = new ArrayList<>(rows);
    sequence.sort(
        Comparator.comparingLong(Placed::position)
            .thenComparing(row -> Objects.requireNonNull(ranks.get(row.lead())))
            .thenComparing(row -> -row.order())
            .thenComparing(Placed::row));
    return sequence;
  }

  /**
   * The finite values of each rank smoothed one rank after the other: {@code null} for not at all.
   */
  static List<Placed> smoothed(List<Placed> rows, @Nullable Smoothing smoothing) {
    if (smoothing == null) {
      return rows;
    }
    Map<WriterId, List<Placed>> ranks = new HashMap<>();
    inOrder(rows).forEach(r -> ranks.computeIfAbsent(r.lead(), n -> new ArrayList<>()).add(r));
    List<Placed> smoothed = new ArrayList<>();
    for (List<Placed> rank : ranks.values()) {
      List<Placed> finite = rank.stream().filter(row -> Double.isFinite(row.value())).toList();
      double[] values = finite.stream().mapToDouble(Placed::value).toArray();
      double[] made = smoothing.toString().equals(EMA) ? ema(values) : median(values);
      for (int i = 0; i < made.length; i++) {
        smoothed.add(finite.get(i).with(made[i]));
      }
      rank.stream().filter(row -> !Double.isFinite(row.value())).forEach(smoothed::add);
    }
    return smoothed;
  }

  private static double[] ema(double[] values) {
    double[] made = new double[values.length];
    double mean = 0;
    double weights = 0;
    for (int i = 0; i < values.length; i++) {
      weights = 0.75 * weights + 1;
      mean += (values[i] - mean) / weights;
      made[i] = mean;
    }
    return made;
  }

  private static double[] median(double[] values) {
    double[] made = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double[] window =
          Arrays.copyOfRange(values, Math.max(0, i - 2), Math.min(values.length, i + 3));
      Arrays.sort(window);
      int middle = window.length / 2;
      made[i] =
          window.length % 2 == 1 ? window[middle] : window[middle - 1] / 2 + window[middle] / 2;
    }
    return made;
  }

  private static Map<Long, List<Placed>> byBin(List<Placed> sequence, long positionsPerBin) {
    Map<Long, List<Placed>> bins = new TreeMap<>();
    for (Placed row : sequence) {
      long bin = Math.floorDiv(row.position(), positionsPerBin);
      bins.computeIfAbsent(bin, n -> new ArrayList<>()).add(row);
    }
    return bins;
  }

  private static List<Placed> m4(List<Placed> sequence, long positionsPerBin) {
    Set<Placed> chosen = new LinkedHashSet<>();
    for (List<Placed> bin : byBin(sequence, positionsPerBin).values()) {
      List<Placed> finite = bin.stream().filter(row -> Double.isFinite(row.value())).toList();
      if (!finite.isEmpty()) {
        chosen.add(finite.get(0));
        long end = finite.get(finite.size() - 1).position();
        List<Placed> atEnd = finite.stream().filter(row -> row.position() == end).toList();
        int word = atEnd.stream().mapToInt(Placed::order).min().orElseThrow();
        List<Placed> ofWord = atEnd.stream().filter(row -> row.order() == word).toList();
        chosen.add(ofWord.get(ofWord.size() - 1));
        Comparator<Placed> byValue = Comparator.comparingDouble(Placed::value);
        chosen.add(finite.stream().min(byValue).orElseThrow());
        chosen.add(finite.stream().min(byValue.reversed()).orElseThrow());
      }
      addFirst(chosen, bin, row -> Double.isNaN(row.value()));
      addFirst(chosen, bin, row -> row.value() == Double.POSITIVE_INFINITY);
      addFirst(chosen, bin, row -> row.value() == Double.NEGATIVE_INFINITY);
    }
    return List.copyOf(chosen);
  }

  /**
   * Largest triangle, three buckets as Steinarsson (2013, §4.2) has it, over the finite values.
   *
   * @param sequence the points in order
   */
  static List<Placed> lttb(List<Placed> sequence, Axis axis, int wanted) {
    List<Placed> finite = sequence.stream().filter(row -> Double.isFinite(row.value())).toList();
    if (finite.size() <= wanted) {
      return finite;
    }
    double unit = axis.positionsPerUnit();
    List<Placed> chosen = new ArrayList<>(List.of(finite.get(0)));
    double every = wanted == 2 ? 0 : (finite.size() - 2) / (double) (wanted - 2);
    for (int bucket = 0; bucket < wanted - 2; bucket++) {
      List<Placed> own =
          finite.subList(1 + (int) (bucket * every), 1 + (int) ((bucket + 1) * every));
      int end = Math.min(finite.size(), 1 + (int) ((bucket + 2) * every));
      List<Placed> next =
          finite.subList(
              1 + (int) ((bucket + 1) * every), Math.max(2 + (int) ((bucket + 1) * every), end));
      double meanX = 0;
      double meanY = 0;
      for (Placed one : next) { // Another order of rounding decides otherwise between equal areas.
        meanX += one.position() / unit / next.size();
        meanY += one.value() / next.size();
      }
      chosen.add(largest(own, chosen.get(bucket), meanX, meanY, unit));
    }
    chosen.add(finite.get(finite.size() - 1));
    return chosen;
  }

  private static Placed largest(
      List<Placed> own, Placed before, double meanX, double meanY, double unit) {
    Placed best = own.get(0);
    double most = -1;
    double x = before.position() / unit;
    for (Placed one : own) {
      double area =
          Math.abs(
              (x - meanX) * (one.value() - before.value())
                  - (x - one.position() / unit) * (meanY - before.value()));
      if (area > most) {
        most = area;
        best = one;
      }
    }
    return best;
  }

  private static void addFirst(Set<Placed> chosen, List<Placed> bin, Predicate<Placed> kind) {
    bin.stream().filter(kind).findFirst().ifPresent(chosen::add);
  }
}
