package io.ostraka.query;

import java.util.function.LongSupplier;

/**
 * How many requests may be made to a store where each costs money: so many a second on average.
 * What is not used up is kept for later, within bounds; what a person asks for is never refused,
 * and paid back by those who only follow. Not safe for threads.
 */
final class RequestBudget {
  /** One a second in all, with what nobody could foresee. */
  private static final double PER_SECOND = 0.9;

  private static final double MOST = 100;

  /**
   * Opening a project of many runs takes a thousand requests at once. Paying back all of them would
   * hold up curves for half an hour; so much, together with what listings take, does for half a
   * minute.
   */
  private static final double LEAST = -15;

  private static final double NANOS = 1e9;

  private final LongSupplier nanoTime;
  private final LongSupplier made;
  private double left = MOST;
  private long seenNanos;
  private long seenMade;

  /**
   * A budget of which nothing is used up.
   *
   * @param made all requests so far, whoever made them
   */
  RequestBudget(LongSupplier nanoTime, LongSupplier made) {
    this.nanoTime = nanoTime;
    this.made = made;
    this.seenNanos = nanoTime.getAsLong();
    this.seenMade = made.getAsLong();
  }

  /** How many may be made now. */
  double left() {
    long now = nanoTime.getAsLong();
    long madeNow = made.getAsLong();
    left += (now - seenNanos) / NANOS * PER_SECOND - (madeNow - seenMade);
    left = Math.max(LEAST, Math.min(MOST, left));
    seenNanos = now;
    seenMade = madeNow;
    return left;
  }
}
