package io.ostraka.query.smooth;

/**
 * Polynomials up to an order that are orthonormal over points at equal distances, by Forsythe's
 * recurrence ("Generation and Use of Orthogonal Polynomials for Data-Fitting with a Digital
 * Computer", 1957).
 */
final class GramBasis {
  private final int size;

  /** By order, then by point. */
  private final double[][] polynomials;

  /**
   * A basis.
   *
   * @param size how many points
   * @param order below {@code size}
   */
  GramBasis(int size, int order) {
    this.size = size;
    polynomials = new double[order + 1][size];
    for (int k = 0; k <= order; k++) {
      for (int i = 0; i < size; i++) {
        polynomials[k][i] = k == 0 ? 1 : place(i) * polynomials[k - 1][i];
      }
      // Twice, since one pass leaves the rounding errors of the first.
      for (int pass = 0; pass < 2; pass++) {
        for (int lower = 0; lower < k; lower++) {
          add(polynomials[k], -dot(polynomials[k], polynomials[lower]), polynomials[lower]);
        }
      }
      scale(polynomials[k], 1 / Math.sqrt(dot(polynomials[k], polynomials[k])));
    }
  }

  /* From -1 to 1, so that powers stay small. */
  private double place(int i) {
    return size == 1 ? 0 : (2.0 * i - (size - 1)) / (size - 1);
  }

  /** What each polynomial weighs in the one that fits some values best. */
  double[] fit(double[] values) {
    double[] fit = new double[polynomials.length];
    for (int k = 0; k < fit.length; k++) {
      fit[k] = dot(polynomials[k], values);
    }
    return fit;
  }

  /** The value of a fit at the i-th point. */
  double value(double[] fit, int i) {
    double sum = 0;
    for (int k = 0; k < fit.length; k++) {
      sum += fit[k] * polynomials[k][i];
    }
    return sum;
  }

  /** What each value weighs in that of the best fit at the i-th point. */
  double[] weights(int i) {
    double[] weights = new double[size];
    for (double[] polynomial : polynomials) {
      add(weights, polynomial[i], polynomial);
    }
    return weights;
  }

  private static double dot(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }

  private static void add(double[] to, double factor, double[] what) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * what[i];
    }
  }

  private static void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }
}
