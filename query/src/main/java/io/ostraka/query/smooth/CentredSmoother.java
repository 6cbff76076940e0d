package io.ostraka.query.smooth;

import java.util.function.DoubleConsumer;

/**
 * A smoother that looks as many points back as ahead. At both ends of a line it sees those points
 * of the window that there are.
 */
abstract class CentredSmoother implements Smoother {
  private final int half;
  private final Window window;
  private long next;

  /**
   * A smoother.
   *
   * @param half how many points the window reaches to either side
   */
  CentredSmoother(int half) {
    this.half = half;
    this.window = new Window(2 * half + 2); // and the one that was just left out
  }

  /**
   * The smoothed value of a point. Both ends of what it sees never go back from one point to the
   * next.
   *
   * @param window the values
   * @param from the number of the first value that it sees
   * @param at its own number
   * @param to the number after the last one that it sees
   */
  abstract double smooth(Window window, long from, long at, long to);

  @Override
  public final void add(double x, double value, DoubleConsumer smoothed) {
    window.add(value);
    if (window.size() > half) {
      give(smoothed);
    }
  }

  @Override
  public final void end(DoubleConsumer smoothed) {
    while (next < window.size()) {
      give(smoothed);
    }
  }

  private void give(DoubleConsumer smoothed) {
    long from = Math.max(0, next - half);
    long to = Math.min(window.size(), next + half + 1);
    smoothed.accept(smooth(window, from, next, to));
    next++;
  }
}
