package io.ostraka.cli;

/** A bar that shows how much of something is done. */
final class Bar {
  private static final int WIDTH = 30;

  private Bar() {}

  static String of(int done, int all) {
    int full = all == 0 ? WIDTH : WIDTH * done / all;
    return "[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "]";
  }
}
