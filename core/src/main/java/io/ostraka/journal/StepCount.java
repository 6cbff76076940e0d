package io.ostraka.journal;

import java.util.OptionalLong;

/** Which steps a writer has logged, for callers who name none. Not safe for threads. */
final class StepCount {
  private long greatest;
  private boolean any;
  private long first;

  /** Says where to begin while nothing was logged; 0 unless it is said. */
  void startAt(long step) {
    first = step;
  }

  void saw(long step) {
    if (!any || step > greatest) {
      any = true;
      greatest = step;
    }
  }

  /** The greatest step so far, if any. */
  OptionalLong greatest() {
    return any ? OptionalLong.of(greatest) : OptionalLong.empty();
  }

  /** The step that a caller gets who names none: the greatest so far + 1. */
  long next() {
    return any ? greatest + 1 : first;
  }
}
