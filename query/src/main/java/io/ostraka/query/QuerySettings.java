package io.ostraka.query;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How much of the machine queries may take.
 *
 * @param threads threads of DuckDB, and connections beside each other, at least 1
 * @param memoryLimitBytes memory of DuckDB, beyond which it spills to disk
 * @param temporary folder in which a folder for spilling is made when it is needed
 * @param freshness how old a listing of a project may be when it is used for an answer, so that the
 *     many panels of a page share one; zero lists for every answer
 */
public record QuerySettings(
    int threads, long memoryLimitBytes, Path temporary, Duration freshness) {
  private static final long MEGABYTE = 1 << 20;
  private static final long LEAST_MEMORY_BYTES = 64 * MEGABYTE;

  /** Checks each number. */
  public QuerySettings {
    if (threads < 1) {
      throw new IllegalArgumentException("Queries need at least 1 thread, not " + threads);
    }
    if (memoryLimitBytes < LEAST_MEMORY_BYTES) {
      throw new IllegalArgumentException(
          "Queries need at least " + LEAST_MEMORY_BYTES + " bytes, not " + memoryLimitBytes);
    }
    if (freshness.isNegative()) {
      throw new IllegalArgumentException("Freshness " + freshness + " is negative");
    }
  }

  /** All cores, 512 MiB, the Java runtime's temporary folder, listings of at most 100 ms. */
  public static QuerySettings defaults() {
    return new QuerySettings(
        Runtime.getRuntime().availableProcessors(),
        512 * MEGABYTE,
        Path.of(System.getProperty("java.io.tmpdir")),
        Duration.ofMillis(100));
  }

  /** The same with listings of at most the given age. */
  public QuerySettings withFreshness(Duration age) {
    return new QuerySettings(threads, memoryLimitBytes, temporary, age);
  }
}
