package io.ostraka.query;

import io.ostraka.query.smooth.Smoother;

/**
 * Smooths the points of one rank's line before they go on. Those whose smoothed value is still open
 * wait, with the others behind them.
 */
final class SmoothedSink implements PointSink {
  private final Smoother smoother;
  private final PointSink next;
  private final PointQueue waiting = new PointQueue();

  SmoothedSink(Smoother smoother, PointSink next) {
    this.smoother = smoother;
    this.next = next;
  }

  @Override
  public void add(int writer, long position, double x, long row, double value) {
    waiting.add(writer, position, x, row, value);
    if (Double.isFinite(value)) {
      smoother.add(x, value, this::give);
    }
    giveNonFinite();
  }

  @Override
  public void end() {
    smoother.end(this::give);
    giveNonFinite();
    next.end();
  }

  private void give(double smoothed) {
    giveNonFinite();
    waiting.give(next, smoothed);
  }

  private void giveNonFinite() {
    while (!waiting.isEmpty() && !Double.isFinite(waiting.value())) {
      waiting.give(next, waiting.value());
    }
  }
}
