package io.ostraka.query.sql;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How much of the machine a session of SQL may take.
 *
 * @param threads threads of DuckDB, at least 1
 * @param memoryLimitBytes memory of DuckDB, beyond which it spills to disk
 * @param spillLimitBytes how much it may spill; a question that needs more fails
 * @param temporary folder in which a folder for spilling is made when it is needed
 * @param timeLimit how long a statement may take; zero for as long as it likes
 * @param output a file outside the root that a statement's rows may be written to
 */
public record SqlSettings(
    int threads,
    long memoryLimitBytes,
    long spillLimitBytes,
    Path temporary,
    Duration timeLimit,
    Optional<Path> output) {
  private static final long GIGABYTE = 1L << 30;

  /** Checks the numbers. */
  public SqlSettings {
    if (threads < 1) {
      throw new IllegalArgumentException("SQL needs at least 1 thread, not " + threads);
    }
    if (timeLimit.isNegative()) {
      throw new IllegalArgumentException("The time limit " + timeLimit + " is negative");
    }
  }

  /** For a person at a command line: all cores, 2 GiB, 50 GiB on disk, any time. */
  public static SqlSettings ofACommand() {
    return new SqlSettings(
        Runtime.getRuntime().availableProcessors(),
        2 * GIGABYTE,
        50 * GIGABYTE,
        Path.of(System.getProperty("java.io.tmpdir")),
        Duration.ZERO,
        Optional.empty());
  }

  /** For whoever reaches a viewer: 256 MiB, 1 GiB on disk, ten seconds. */
  public static SqlSettings ofAViewer() {
    return new SqlSettings(
        Runtime.getRuntime().availableProcessors(),
        GIGABYTE / 4,
        GIGABYTE,
        Path.of(System.getProperty("java.io.tmpdir")),
        Duration.ofSeconds(10),
        Optional.empty());
  }

  /** The same with a file that may be written. */
  public SqlSettings withOutput(Path file) {
    return new SqlSettings(
        threads, memoryLimitBytes, spillLimitBytes, temporary, timeLimit, Optional.of(file));
  }

  /** The same with another time limit. */
  public SqlSettings withTimeLimit(Duration limit) {
    return new SqlSettings(threads, memoryLimitBytes, spillLimitBytes, temporary, limit, output);
  }
}
