package io.ostraka.query;

/** Points of one series by x, in full precision. */
public final class Points {
  private final double[] xs;
  private final double[] values;
  private final int[] writers;

  Points(double[] xs, double[] values, int[] writers) {
    this.xs = xs;
    this.values = values;
    this.writers = writers;
  }

  /** How many points there are. */
  public int size() {
    return xs.length;
  }

  /** Where the i-th point lies, in units of x; a step beyond 2^53 is rounded. */
  public double x(int i) {
    return xs[i];
  }

  /** The i-th value, which may be NaN or infinite. */
  public double value(int i) {
    return values[i];
  }

  /** Whose value it is: an index into {@link Series#writers}. */
  public int writer(int i) {
    return writers[i];
  }
}
