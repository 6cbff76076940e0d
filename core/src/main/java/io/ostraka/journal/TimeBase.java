package io.ostraka.journal;

/**
 * How ticks of the machine's monotonic clock become times: the wall clock at the writer's start
 * plus monotonic time since.
 *
 * @param wallMillis wall-clock time at the start, in milliseconds since the epoch, UTC
 * @param ticksNanos the monotonic clock at the same moment, in nanoseconds
 */
public record TimeBase(long wallMillis, long ticksNanos) {
  /** The time of a tick, in microseconds since the epoch, UTC, always whole milliseconds. */
  public long micros(long ticks) {
    return (wallMillis + Math.floorDiv(ticks - ticksNanos, 1_000_000L)) * 1000;
  }
}
