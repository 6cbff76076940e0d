package io.ostraka.storage.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The clock that gives files their times, which on a network file system is the server's.
 *
 * <p>Told from a file just touched: a hidden probe below the root, made and removed again, at the
 * first question and then once a minute; in between this machine's clock goes on. Where nothing can
 * be written, and while there is no root, it is this machine's clock.
 */
final class StoreClock {
  private static final Duration VALID = Duration.ofMinutes(1);

  private final Path root;
  private final FileOperations files;
  private final Clock clock;
  private @Nullable Instant measuredAt;
  private Duration ahead = Duration.ZERO;

  StoreClock(Path root, FileOperations files, Clock clock) {
    this.root = root;
    this.files = files;
    this.clock = clock;
  }

  synchronized Instant now() {
    Instant here = clock.instant();
    if (isDue(here) && Files.isDirectory(root)) {
      measure();
      here = clock.instant();
    }
    return here.plus(ahead);
  }

  private boolean isDue(Instant here) {
    return measuredAt == null || here.isBefore(measuredAt) || here.isAfter(measuredAt.plus(VALID));
  }

  private void measure() {
    Path probe = root.resolve(HiddenNames.next("clock"));
    measuredAt = clock.instant();
    try {
      files.write(probe, new byte[0]);
      Instant touched = Files.getLastModifiedTime(probe).toInstant();
      ahead = Duration.between(clock.instant(), touched);
    } catch (IOException e) {
      ahead = Duration.ZERO; // The root can only be read: this machine's clock is all there is.
    } finally {
      removeQuietly(probe);
    }
  }

  private void removeQuietly(Path probe) {
    try {
      files.delete(probe);
    } catch (IOException e) {
      // It is hidden and empty, and whoever cleans the root may remove it.
      return;
    }
  }
}
