package io.ostraka.query.smooth;

/**
 * Gaussian smoothing: the mean of all points up to four sigmas away, in points, weighed by the
 * normal distribution. At the ends of a line the weights that fall outside are left out and the
 * others sum up to 1 again (Nadaraya 1964 and Watson 1964 over the points' numbers), so that
 * nothing is made up there; inside it is SciPy's {@code gaussian_filter1d}.
 */
final class Gaussian extends CentredSmoother {
  private static final double REACH = 4;

  private final double[] weights;

  Gaussian(double sigma) {
    super(half(sigma));
    weights = new double[half(sigma) + 1];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(-0.5 * i * i / (sigma * sigma));
    }
  }

  private static int half(double sigma) {
    return (int) (REACH * sigma + 0.5);
  }

  @Override
  double smooth(Window window, long from, long at, long to) {
    double sum = 0;
    double all = 0;
    for (long number = from; number < to; number++) {
      double weight = weights[(int) Math.abs(number - at)];
      sum += weight * window.get(number);
      all += weight;
    }
    return sum / all;
  }
}
