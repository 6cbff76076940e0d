package io.ostraka.compact;

import io.ostraka.shard.RollupRule;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * What compactors of one process share.
 *
 * @param ticks the monotonic clock, in nanoseconds, that starts with the process
 * @param retireAfter how long a covered shard stays, so that readers that listed it can finish
 * @param merging how many merges may run at the same time, which bounds memory and processor time
 * @param rollups what of merged shards is rolled up
 */
public record CompactionSettings(
    LongSupplier ticks, Duration retireAfter, Semaphore merging, RollupRule rollups) {
  /** How long a covered shard stays unless a test says otherwise. */
  public static final Duration RETIRE_AFTER = Duration.ofMinutes(15);

  /** The usual rule for roll-ups. */
  public CompactionSettings(LongSupplier ticks, Duration retireAfter, Semaphore merging) {
    this(ticks, retireAfter, merging, RollupRule.usual());
  }
}
