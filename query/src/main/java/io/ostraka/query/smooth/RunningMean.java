package io.ostraka.query.smooth;

/**
 * Running mean, centred: the mean of a window of so many points around each. At the ends of a line
 * the window is cut off, so that the first value is the mean of itself and those after it, as with
 * pandas' {@code rolling(window, center=True, min_periods=1).mean()}.
 *
 * <p>Takes the same time for any window, and never subtracts, so that one huge value leaves no
 * rounding behind: sums are kept in two stacks, one that is being filled and one that is being
 * emptied (Tangwongsan, Hirzel, Schneider: "Low-Latency Sliding-Window Aggregation in Worst-Case
 * Constant Time", DEBS 2017, section 2, names it folklore).
 */
final class RunningMean extends CentredSmoother {
  /** Sums of the values from each number up to {@link #turned}, for those before that. */
  private final double[] back;

  private long turned;
  private long added;
  private double front;

  RunningMean(int half) {
    super(half);
    back = new double[2 * half + 1];
  }

  @Override
  double smooth(Window window, long from, long at, long to) {
    for (; added < to; added++) {
      front += window.get(added);
    }
    if (from >= turned) {
      turn(window, from, to);
    }
    double sum = from < turned ? back[(int) (turned - 1 - from)] + front : front;
    return sum / (to - from);
  }

  private void turn(Window window, long from, long to) {
    double sum = 0;
    for (long number = to - 1; number >= from; number--) {
      sum += window.get(number);
      back[(int) (to - 1 - number)] = sum;
    }
    turned = to;
    front = 0;
  }
}
