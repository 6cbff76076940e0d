package io.ostraka.query.smooth;

import java.util.Arrays;

/**
 * Running median, centred (Tukey, "Exploratory Data Analysis", 1977): the median of a window of so
 * many points around each, of an even number the mean of the middle two. At the ends of a line the
 * window is cut off, as in {@link RunningMean}.
 */
final class RunningMedian extends CentredSmoother {
  private final double[] sorted;
  private int size;
  private long first;
  private long added;

  RunningMedian(int half) {
    super(half);
    sorted = new double[2 * half + 2];
  }

  @Override
  double smooth(Window window, long from, long at, long to) {
    for (; added < to; added++) {
      insert(window.get(added));
    }
    for (; first < from; first++) {
      remove(window.get(first));
    }
    double middle = sorted[size / 2];
    return size % 2 == 1 ? middle : sorted[size / 2 - 1] / 2 + middle / 2;
  }

  private void insert(double value) {
    int found = Arrays.binarySearch(sorted, 0, size, value);
    int at = found < 0 ? -found - 1 : found;
    System.arraycopy(sorted, at, sorted, at + 1, size - at);
    sorted[at] = value;
    size++;
  }

  private void remove(double value) {
    int at = Arrays.binarySearch(sorted, 0, size, value);
    System.arraycopy(sorted, at + 1, sorted, at, size - at - 1);
    size--;
  }
}
