package io.ostraka.query.smooth;

import java.util.function.DoubleConsumer;

/**
 * Exponential moving average, debiased: the mean of all values so far, each weighing {@code weight}
 * times what the next one weighs. The division by the sum of the weights is the correction of
 * Kingma and Ba ("Adam", 2014, section 3), which TensorBoard's smoothing makes too; so the first
 * value is itself, and nothing is pulled towards 0.
 *
 * <p>A weight of 0 smooths nothing.
 */
final class ExponentialMean implements Smoother {
  private final double weight;
  private double mean;
  private double weights;

  ExponentialMean(double weight) {
    this.weight = weight;
  }

  @Override
  public void add(double x, double value, DoubleConsumer smoothed) {
    weights = weights * weight + 1;
    // As a step towards the value: so equal values stay exactly what they are.
    mean += (value - mean) / weights;
    smoothed.accept(mean);
  }

  @Override
  public void end(DoubleConsumer smoothed) {}
}
