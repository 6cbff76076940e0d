package io.ostraka.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Says twice a second how much of a file is written, on a terminal; nothing elsewhere. */
final class ExportProgress implements AutoCloseable {
  private static final int PERIOD_MILLIS = 500;

  private final Surroundings here;
  private final SqlOutput output;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
          });
  private boolean isDrawn;

  ExportProgress(Surroundings here, SqlOutput output) {
    this.here = here;
    this.output = output;
  }

  void begin() {
    if (here.terminal() && output.file().isPresent()) {
      ScheduledFuture<?> unused =
          clock.scheduleAtFixedRate(
              this::draw, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void draw() {
    if (clock.isShutdown()) {
      return;
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    long bytes = output.staged().map(ExportProgress::size).orElse(0L);
    String what =
        bytes == 0 ? "reading and sorting" : String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    here.err().printf(Locale.ROOT, "\r%s, %.0f s ", what, seconds);
    here.err().flush();
    isDrawn = true;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // Not begun, or in its place already.
    }
  }

  /** Removes the line. */
  @Override
  public synchronized void close() {
    clock.shutdownNow();
    if (isDrawn) {
      here.err().print("\r" + " ".repeat(Screen.USUAL_COLUMNS / 2) + "\r");
      here.err().flush();
    }
  }
}
