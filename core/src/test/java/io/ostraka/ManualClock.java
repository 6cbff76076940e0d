package io.ostraka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until a test moves it. Safe for threads. */
public final class ManualClock extends Clock {
  private final Object lock = new Object();
  private Instant now;

  /** A clock that stands at a time. */
  public ManualClock(Instant start) {
    now = start;
  }

  /** Moves the clock on, or back by a negative duration. */
  public void advance(Duration by) {
    synchronized (lock) {
      now = now.plus(by);
    }
  }

  /** Sets the clock. */
  public void set(Instant instant) {
    synchronized (lock) {
      now = instant;
    }
  }

  @Override
  public Instant instant() {
    synchronized (lock) {
      return now;
    }
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
