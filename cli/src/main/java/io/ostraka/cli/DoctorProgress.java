package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.doctor.Doctor;
import java.io.PrintStream;
import java.util.Locale;

/** Draws how far an examination is: a bar that moves on a terminal, nothing elsewhere. */
final class DoctorProgress implements Doctor.Progress {
  private static final long STEP_BYTES = 1 << 20;

  private final PrintStream out;
  private final boolean terminal;
  private int number;
  private int all;
  private long bytes;
  private long drawnBytes;
  private boolean drawn;

  DoctorProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public synchronized void run(RunKey run, int numberOfRun, int runs) {
    number = numberOfRun;
    all = runs;
    draw();
  }

  @Override
  public synchronized void read(long bytesSoFar) {
    bytes = Math.max(bytes, bytesSoFar);
    if (bytes - drawnBytes >= STEP_BYTES) {
      draw();
    }
  }

  private void draw() {
    if (terminal) {
      out.print("\r" + bar(number, all, bytes));
      out.flush();
      drawn = true;
      drawnBytes = bytes;
    }
  }

  static String bar(int number, int all, long bytes) {
    return String.format(
        Locale.ROOT,
        "%s run %d of %d, %.1f MB read",
        Bar.of(number, all),
        number,
        all,
        bytes / 1e6);
  }

  /** Leaves the bar's line. */
  synchronized void end() {
    if (drawn) {
      out.println();
    }
  }
}
