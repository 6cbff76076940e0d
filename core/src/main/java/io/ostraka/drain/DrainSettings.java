package io.ostraka.drain;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
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
 * @param spareFolders where shards are encoded while the spool's disk is full: the first that has
 *     room
 */
public record DrainSettings(
    StoreOpener stores,
    InstantSource clock,
    LongSupplier ticks,
    Semaphore encoding,
    RowMemory rows,
    List<Path> spareFolders) {
  private static final Path IN_MEMORY = Path.of("/dev/shm");

  /** With as much memory for rows as is usual, and without spare folders. */
  public DrainSettings(
      StoreOpener stores, InstantSource clock, LongSupplier ticks, Semaphore encoding) {
    this(stores, clock, ticks, encoding, RowMemory.usual(), List.of());
  }

  /**
   * The same with spare folders: first the one that is given, then one that most machines have in
   * memory, for those where one disk is all there is.
   *
   * @param temporary the system's folder for temporary files
   */
  public DrainSettings withSpareFolders(Path temporary) {
    return new DrainSettings(stores, clock, ticks, encoding, rows, List.of(temporary, IN_MEMORY));
  }
}
