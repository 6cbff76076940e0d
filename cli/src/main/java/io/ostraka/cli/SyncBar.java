package io.ostraka.cli;

import io.ostraka.sync.SyncProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows how far a sync is: a bar that moves on a terminal, a line now and then elsewhere. */
final class SyncBar implements SyncProgress {
  private static final long DRAWN_EACH = Duration.ofMillis(100).toNanos();
  private static final long SAID_EACH = Duration.ofSeconds(10).toNanos();

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier ticks;
  private int all;
  private int done;
  private long allBytes;
  private long doneBytes;
  private long shownAt;
  private boolean drawn;
  private String failure = "";

  SyncBar(PrintStream out, boolean terminal, LongSupplier ticks) {
    this.out = out;
    this.terminal = terminal;
    this.ticks = ticks;
    this.shownAt = ticks.getAsLong();
  }

  @Override
  public synchronized void planned(int objects, long bytes) {
    all += objects;
    allBytes += bytes;
  }

  @Override
  public synchronized void done(long bytes) {
    done++;
    doneBytes += bytes;
    long now = ticks.getAsLong();
    if (now - shownAt >= (terminal ? DRAWN_EACH : SAID_EACH)) {
      shownAt = now;
      show();
    }
  }

  @Override
  public synchronized void failed(String why) {
    if (!why.equals(failure)) {
      end();
      out.println(why + " (tried again each minute)");
      failure = why;
    }
  }

  private void show() {
    if (terminal) {
      out.print("\r" + Bar.of(done, all) + " " + amount());
      out.flush();
      drawn = true;
    } else {
      out.println(amount());
    }
  }

  private String amount() {
    return String.format(
        Locale.ROOT,
        "%,d of %,d files, %.1f of %.1f MB",
        done,
        all,
        doneBytes / 1e6,
        allBytes / 1e6);
  }

  /** Leaves the bar's line. */
  synchronized void end() {
    if (drawn) {
      show();
      out.println();
      drawn = false;
    }
  }
}
