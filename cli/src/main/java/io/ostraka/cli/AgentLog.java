package io.ostraka.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * The agent's log: one line for each thing that a person may want to know, with the time in UTC.
 * Beyond a megabyte it goes on in a new file and keeps the one before. A log that cannot be written
 * stops nothing. Safe for any number of threads.
 */
final class AgentLog {
  static final long LIMIT_BYTES = 1 << 20;

  private final Path file;
  private final Clock clock;

  AgentLog(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  synchronized void line(String text) {
    String line =
        clock.instant().truncatedTo(ChronoUnit.MILLIS)
            + " "
            + ProcessHandle.current().pid()
            + " "
            + text
            + "\n";
    try {
      if (Files.exists(file) && Files.size(file) > LIMIT_BYTES) {
        Files.move(file, file.resolveSibling(file.getFileName() + ".1"), REPLACE_EXISTING);
      }
      Files.write(file, line.getBytes(UTF_8), CREATE, APPEND);
    } catch (IOException full) {
      // The disk is full or the spool is gone; the drainers say so where a person looks.
    }
  }
}
