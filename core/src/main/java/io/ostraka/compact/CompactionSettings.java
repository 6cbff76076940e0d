package io.ostraka.compact;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * What compactors of one process share.
 *
 * @param ticks the monotonic clock, in nanoseconds, that starts with the process
 * @param retireAfter how long a covered shard stays, so that readers that listed it can finish
 * @param merging how many merges may run at the same time, which bounds memory and processor time
 */
public record CompactionSettings(LongSupplier ticks, Duration retireAfter, Semaphore merging) {
  /** How long a covered shard stays unless a test says otherwise. */
  public static final Duration RETIRE_AFTER = Duration.ofMinutes(15);
}
