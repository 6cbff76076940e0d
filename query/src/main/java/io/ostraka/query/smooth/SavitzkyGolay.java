package io.ostraka.query.smooth;

import java.util.function.DoubleConsumer;

/**
 * Savitzky-Golay smoothing (Savitzky and Golay, Analytical Chemistry 36, 1964): the value in the
 * middle of the polynomial that fits a window of so many points around each best. The first and the
 * last half window are the values there of the polynomials of the first and the last whole window
 * (SciPy's {@code mode="interp"}). A line that is shorter than a window is fitted as a whole, by an
 * order that it has points for.
 *
 * <p>Polynomials are in the basis that is orthogonal over the points of a window (Gram; Gorry,
 * Analytical Chemistry 62, 1990), which stays exact where powers would not.
 */
final class SavitzkyGolay implements Smoother {
  private final int length;
  private final int half;
  private final int order;
  private final Window window;
  private final GramBasis basis;
  private final double[] middle;

  SavitzkyGolay(int half, int order) {
    this.length = 2 * half + 1;
    this.half = half;
    this.order = order;
    window = new Window(length);
    basis = new GramBasis(length, order);
    middle = basis.weights(half);
  }

  @Override
  public void add(double x, double value, DoubleConsumer smoothed) {
    window.add(value);
    long size = window.size();
    if (size == length) {
      give(basis, window.copy(0, size), 0, half, smoothed);
    }
    if (size >= length) {
      double sum = 0;
      for (int i = 0; i < length; i++) {
        sum += middle[i] * window.get(size - length + i);
      }
      smoothed.accept(sum);
    }
  }

  @Override
  public void end(DoubleConsumer smoothed) {
    int size = (int) Math.min(window.size(), length);
    double[] last = window.copy(window.size() - size, window.size());
    if (size == length) {
      give(basis, last, half + 1, length, smoothed);
    } else if (size > 0) {
      give(new GramBasis(size, Math.min(order, size - 1)), last, 0, size, smoothed);
    }
  }

  private static void give(
      GramBasis basis, double[] values, int from, int to, DoubleConsumer smoothed) {
    double[] fit = basis.fit(values);
    for (int i = from; i < to; i++) {
      smoothed.accept(basis.value(fit, i));
    }
  }
}
