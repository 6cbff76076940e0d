package io.ostraka.query;

import io.ostraka.store.UnreachableException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a store is away. While it is, one at a time finds out whether it is back, and not all the
 * time; everybody else makes do with what is on this machine, and waits for nothing. Safe for
 * threads.
 */
final class Absence {
  private static final long REST_NANOS = Duration.ofSeconds(5).toNanos();

  private final LongSupplier nanoTime;
  private @Nullable UnreachableException why;
  private long askedNanos;
  private boolean isBeingAsked;

  Absence(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Whether the store is to be asked; then {@link #asked} tells what came of it.
   *
   * @return null if it is, else why it is away
   */
  synchronized @Nullable UnreachableException beforeAsking() {
    if (why == null) {
      return null;
    }
    if (isBeingAsked || nanoTime.getAsLong() - askedNanos < REST_NANOS) {
      return why;
    }
    isBeingAsked = true;
    return null;
  }

  /**
   * The store was asked.
   *
   * @param failure null if it answered, whatever it said
   */
  synchronized void asked(@Nullable UnreachableException failure) {
    why = failure;
    askedNanos = nanoTime.getAsLong();
    isBeingAsked = false;
  }
}
