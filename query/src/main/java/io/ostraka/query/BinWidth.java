package io.ostraka.query;

/**
 * The choice of a bin width: 1, 2 or 5 times a power of ten, so that edges at its multiples stay
 * put while a run grows.
 */
final class BinWidth {
  private static final long GREATEST = 5_000_000_000_000_000_000L;

  private BinWidth() {}

  /**
   * The least width with which an extent needs at most so many bins. An extent on both sides of 0
   * needs two bins at least.
   *
   * @param extent in units of x
   * @param bins at least 1
   */
  static long choose(Extent extent, int bins) {
    for (long power = 1; ; power *= 10) {
      for (int factor : new int[] {1, 2, 5}) {
        long width = factor * power;
        if (width == GREATEST || count(extent, width) <= bins) {
          return width;
        }
      }
    }
  }

  /** Whether an extent needs at most so many bins of a width. */
  static boolean fits(long width, Extent extent, int bins) {
    return count(extent, width) <= bins;
  }

  private static long count(Extent extent, long width) {
    long first = Math.floorDiv(extent.first(), width);
    long last = Math.floorDiv(extent.last(), width);
    long between = last - first;
    boolean overflown = between < 0;
    return overflown || between == Long.MAX_VALUE ? Long.MAX_VALUE : between + 1;
  }

  /** Whether a width is one that this chooses. */
  static boolean isOurs(long width) {
    if (width < 1) {
      return false;
    }
    long lead = width;
    while (lead % 10 == 0) {
      lead /= 10;
    }
    return lead == 1 || lead == 2 || lead == 5;
  }
}
