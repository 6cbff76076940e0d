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
 * @param isGuarded whether a call that makes one value of millions of elements out of a number is
 *     refused, as the limits of memory and time do not hold for it
 * @param isStreamed whether rows are handed out while the rest of them is made, so that an answer
 *     of any length takes little memory; a shard that turns out to be damaged then ends an answer
 *     of which something has gone out
 * @param output a file outside the root that a statement's rows may be written to; so may its parts
 */
public record SqlSettings(
    int threads,
    long memoryLimitBytes,
    long spillLimitBytes,
    Path temporary,
    Duration timeLimit,
    boolean isGuarded,
    boolean isStreamed,
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

  /** For a person at a command line: all cores, 2 GiB, 50 GiB on disk, any time, any length. */
  public static SqlSettings ofACommand() {
    return new SqlSettings(
        Runtime.getRuntime().availableProcessors(),
        2 * GIGABYTE,
        50 * GIGABYTE,
        Path.of(System.getProperty("java.io.tmpdir")),
        Duration.ZERO,
        false,
        true,
        Optional.empty());
  }

  /** For an export, whose parts take no more: 512 MiB, else as {@link #ofACommand}. */
  public static SqlSettings ofAnExport() {
    SqlSettings command = ofACommand();
    return new SqlSettings(
        command.threads,
        GIGABYTE / 2,
        command.spillLimitBytes,
        command.temporary,
        command.timeLimit,
        command.isGuarded,
        command.isStreamed,
        command.output);
  }

  /** For whoever reaches a viewer: 256 MiB, 1 GiB on disk, ten seconds. */
  public static SqlSettings ofAViewer() {
    return new SqlSettings(
        Runtime.getRuntime().availableProcessors(),
        GIGABYTE / 4,
        GIGABYTE,
        Path.of(System.getProperty("java.io.tmpdir")),
        Duration.ofSeconds(10),
        true,
        false,
        Optional.empty());
  }

  /** Where parts of a file are written, one after the other. */
  public static Path partOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".part");
  }

  /** The same with a file that may be written. */
  public SqlSettings withOutput(Path file) {
    return new SqlSettings(
        threads,
        memoryLimitBytes,
        spillLimitBytes,
        temporary,
        timeLimit,
        isGuarded,
        isStreamed,
        Optional.of(file));
  }

  /** The same with another time limit. */
  public SqlSettings withTimeLimit(Duration limit) {
    return new SqlSettings(
        threads,
        memoryLimitBytes,
        spillLimitBytes,
        temporary,
        limit,
        isGuarded,
        isStreamed,
        output);
  }
}
