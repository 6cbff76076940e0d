package io.ostraka.query;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the members of a line (runs of a group, ranks of a run) have in each of its bins. All is
 * made of the members' means in that bin: so each member counts once, however often it logged, and
 * not by what it logged last.
 */
public final class Band {
  private final Statistic statistic;
  private final double[] means;
  private final double[] spreads;
  private final int[] members;

  private Band(Statistic statistic, int size) {
    this.statistic = statistic;
    means = new double[size];
    spreads = new double[size];
    members = new int[size];
  }

  /**
   * A band.
   *
   * @param places which bins, counted from the first one of the members
   * @param of the bins of each member
   */
  static Band of(Statistic statistic, int[] places, List<Bins.Builder> of) {
    Band band = new Band(statistic, places.length);
    for (int i = 0; i < places.length; i++) {
      List<Double> found = new ArrayList<>();
      for (Bins.Builder member : of) {
        if (member.hasFinite(places[i])) {
          found.add(member.mean(places[i]));
        }
      }
      double[] values = found.stream().mapToDouble(value -> value).sorted().toArray();
      band.members[i] = values.length;
      band.means[i] = mean(values);
      band.spreads[i] = band.spread(values);
    }
    return band;
  }

  /** How many bins there are: those of the line. */
  public int size() {
    return means.length;
  }

  /** What is told beside the mean. */
  public Statistic statistic() {
    return statistic;
  }

  /** The mean of the members' means in the i-th bin; NaN if there are none. */
  public double mean(int i) {
    return means[i];
  }

  /** The median, standard deviation or standard error in the i-th bin; NaN where it has none. */
  public double spread(int i) {
    return spreads[i];
  }

  /** How many members have a finite value in the i-th bin. */
  public int members(int i) {
    return members[i];
  }

  private double spread(double[] sorted) {
    return switch (statistic) {
      case MEAN, MINMAX -> Double.NaN;
      case MEDIAN -> median(sorted);
      case STD -> deviation(sorted);
      case STDERR -> deviation(sorted) / Math.sqrt(sorted.length);
    };
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value / values.length;
    }
    return values.length == 0 ? Double.NaN : sum;
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
  }
}
