package io.ostraka.query;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * A part of an axis, both ends included, in units of x.
 *
 * @param from null for no bound
 * @param to null for no bound
 */
public record Range(@Nullable BigDecimal from, @Nullable BigDecimal to) {
  private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal GREATEST = BigDecimal.valueOf(Long.MAX_VALUE);

  /** Checks the order of the two. */
  public Range {
    if (from != null && to != null && from.compareTo(to) > 0) {
      throw new IllegalArgumentException(
          "from = " + from.toPlainString() + " is greater than to = " + to.toPlainString());
    }
  }

  /** The whole axis. */
  public static Range all() {
    return new Range(null, null);
  }

  /** The positions in the range, or null if there is none between its bounds. */
  @Nullable Extent positions(Axis axis) {
    return positions(BigDecimal.valueOf(axis.positionsPerUnit()));
  }

  /**
   * The positions in the range, or null if there is none between its bounds.
   *
   * @param scale how many positions a unit of x is
   */
  @Nullable Extent positions(BigDecimal scale) {
    long first = from == null ? Long.MIN_VALUE : round(from.multiply(scale), RoundingMode.CEILING);
    long last = to == null ? Long.MAX_VALUE : round(to.multiply(scale), RoundingMode.FLOOR);
    return last < first ? null : new Extent(first, last);
  }

  /** The part of some values that is in the range; all of them if nothing is. */
  ValueRange within(ValueRange all) {
    double low = from == null ? all.low() : Math.max(all.low(), from.doubleValue());
    double high = to == null ? all.high() : Math.min(all.high(), to.doubleValue());
    return low <= high ? new ValueRange(low, high) : all;
  }

  private static long round(BigDecimal position, RoundingMode mode) {
    return position.setScale(0, mode).max(LEAST).min(GREATEST).longValueExact();
  }
}
