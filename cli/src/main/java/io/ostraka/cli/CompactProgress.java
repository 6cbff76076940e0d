package io.ostraka.cli;

import io.ostraka.compact.CompactionResult;
import java.io.PrintStream;
import java.util.Locale;

/** Draws how far a compaction is: a bar that moves on a terminal, nothing elsewhere. */
final class CompactProgress {
  private final PrintStream out;
  private final boolean terminal;
  private final int writers;
  private int done;

  CompactProgress(PrintStream out, boolean terminal, int writers) {
    this.out = out;
    this.terminal = terminal;
    this.writers = writers;
  }

  /** One writer more is done. */
  void done(CompactionResult soFar) {
    done++;
    if (terminal) {
      out.print(
          String.format(
              Locale.ROOT,
              "\r%s writer %,d of %,d, %.1f MB written",
              Bar.of(done, writers),
              done,
              writers,
              soFar.bytesWritten() / 1e6));
      out.flush();
    }
  }

  /** Leaves the bar's line. */
  void end() {
    if (terminal && done > 0) {
      out.println();
    }
  }
}
