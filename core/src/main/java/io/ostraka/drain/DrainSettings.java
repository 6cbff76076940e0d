package io.ostraka.drain;

import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * What drainers of one process share.
 *
 * @param stores opens the root that a journal names
 * @param clock the wall clock, for cards
 * @param ticks the monotonic clock, in nanoseconds
 * @param encoding how many shards may be encoded at the same time, which bounds memory and
 *     processor time
 * @param rows the memory for rows that wait
 */
public record DrainSettings(
    StoreOpener stores,
    InstantSource clock,
    LongSupplier ticks,
    Semaphore encoding,
    RowMemory rows) {
  /** With as much memory for rows as is usual. */
  public DrainSettings(
      StoreOpener stores, InstantSource clock, LongSupplier ticks, Semaphore encoding) {
    this(stores, clock, ticks, encoding, RowMemory.usual());
  }
}
