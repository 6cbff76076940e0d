package io.ostraka.query.smooth;

import java.util.function.DoubleConsumer;

/** Smooths the finite values of one line, in their order. For one thread. */
public interface Smoother {
  /**
   * Takes a value, and gives those smoothed values that are settled by it: in order, one for each
   * value taken, some of them later.
   *
   * @param x where it lies, in units of x; not less than the one before
   * @param value a finite value
   */
  void add(double x, double value, DoubleConsumer smoothed);

  /** There are no more values; gives the smoothed values that are still wanting. */
  void end(DoubleConsumer smoothed);
}
