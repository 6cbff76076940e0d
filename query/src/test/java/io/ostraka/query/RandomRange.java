package io.ostraka.query;

import java.math.BigDecimal;
import java.util.Random;

/**
 * Parts of an axis that a chart may be zoomed to: everything, from here to there, from edge to edge
 * of bins, one place, between two places, beyond all points.
 */
final class RandomRange {
  private RandomRange() {}

  /**
   * A part.
   *
   * @param scale how many times as far as those of a small log its points lie
   */
  static Range of(Random random, Axis axis, int scale) {
    long base = axis == Axis.TIME ? 1_795_000_000_000L : 0;
    long from = base + (long) scale * (random.nextInt(2000) - 500);
    return switch (random.nextInt(8)) {
      case 0 -> new Range(null, whole(from));
      case 1 -> new Range(whole(from), null);
      case 2 -> fromEdgeToEdge(random, from);
      case 3 -> new Range(whole(from), whole(from));
      case 4 ->
          new Range(
              fraction(random, from),
              fraction(random, from + (long) scale * (random.nextInt(500) + 1)));
      case 5 -> new Range(whole(base + 200_000_000_000L), null);
      default -> new Range(whole(from), whole(from + (long) scale * random.nextInt(3000)));
    };
  }

  /* With the last place of a bin, or with the first one of the next. */
  private static Range fromEdgeToEdge(Random random, long near) {
    long width = new long[] {1, 2, 5, 10, 20, 50, 100, 200}[random.nextInt(8)];
    long first = Math.floorDiv(near, width) * width;
    long last = first + width * (1 + random.nextInt(40)) - (random.nextBoolean() ? 1 : 0);
    return new Range(whole(first), whole(last));
  }

  private static BigDecimal whole(long number) {
    return BigDecimal.valueOf(number);
  }

  private static BigDecimal fraction(Random random, long number) {
    return whole(number).add(BigDecimal.valueOf(random.nextInt(1000), 3));
  }

  /** Whether a place is within, counted by hand. */
  static boolean holds(Range range, Axis axis, long position) {
    BigDecimal at = whole(position).divide(whole(axis.positionsPerUnit()));
    BigDecimal from = range.from();
    BigDecimal to = range.to();
    return (from == null || from.compareTo(at) <= 0) && (to == null || at.compareTo(to) <= 0);
  }
}
