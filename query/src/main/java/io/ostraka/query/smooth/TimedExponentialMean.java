package io.ostraka.query.smooth;

import java.util.function.DoubleConsumer;

/**
 * Exponential moving average for uneven steps: the mean of all values so far, each weighing half as
 * much for every half-life that lies between it and the newest (Eckner, "Algorithms for Unevenly
 * Spaced Time Series: Moving Averages and Other Rolling Operators", 2012; debiased, as in {@link
 * ExponentialMean}). pandas calls it {@code ewm(halflife=…, times=…)}.
 *
 * <p>Values at one place weigh the same. After a gap much longer than the half-life the next value
 * is nearly itself.
 */
final class TimedExponentialMean implements Smoother {
  private final double halfLife;
  private double lastX;
  private double mean;
  private double weights;

  TimedExponentialMean(double halfLife) {
    this.halfLife = halfLife;
  }

  @Override
  public void add(double x, double value, DoubleConsumer smoothed) {
    double decay = weights == 0 ? 0 : Math.pow(0.5, (x - lastX) / halfLife);
    weights = weights * decay + 1;
    mean += (value - mean) / weights;
    lastX = x;
    smoothed.accept(mean);
  }

  @Override
  public void end(DoubleConsumer smoothed) {}
}
