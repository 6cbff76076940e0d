package io.ostraka.viewer;

import java.time.Duration;

/**
 * How long a watch rests between two looks.
 *
 * <p>From {@code log()} to the pixel on the page within two seconds: the flush takes up to one, so
 * looking may take a fifth at most. Where nothing moves it may take longer, and where a look itself
 * is slow (a large or remote root), it takes a bounded share of a core. Where each listing costs
 * money, looking makes one request in three seconds on average, and half as many where nothing has
 * moved for long; what is left of one a second is for reading what is new. For one thread.
 */
final class Pace {
  private static final Duration BUSY = Duration.ofMillis(200);
  private static final Duration IDLE = Duration.ofMillis(500);
  private static final int IDLE_AFTER_LOOKS = 50;
  private static final int REST_PER_LOOK = 5;

  private static final Duration PER_LISTING = Duration.ofSeconds(3);
  private static final int PAID_IDLE_AFTER_LOOKS = 20;
  private static final int PAID_IDLE_FACTOR = 2;
  private static final Duration MOST_PAID = Duration.ofMinutes(1);

  private final Duration least;
  private int unchanged;

  /**
   * A pace that begins as if everything moved.
   *
   * @param least the shortest rest
   */
  Pace(Duration least) {
    this.least = least;
  }

  /**
   * How long to rest after a look.
   *
   * @param changed whether anything had changed
   * @param took how long it took
   * @param listings how many requests it made that have to be paid for
   */
  Duration rest(boolean changed, Duration took, long listings) {
    unchanged = changed ? 0 : unchanged + 1;
    Duration calm = unchanged < IDLE_AFTER_LOOKS ? BUSY : IDLE;
    int factor = unchanged < PAID_IDLE_AFTER_LOOKS ? 1 : PAID_IDLE_FACTOR;
    Duration paid = PER_LISTING.multipliedBy(listings * factor);
    return greatest(
        least,
        calm,
        took.multipliedBy(REST_PER_LOOK),
        paid.compareTo(MOST_PAID) > 0 ? MOST_PAID : paid);
  }

  private static Duration greatest(Duration... durations) {
    Duration greatest = Duration.ZERO;
    for (Duration one : durations) {
      greatest = one.compareTo(greatest) > 0 ? one : greatest;
    }
    return greatest;
  }
}
