package io.ostraka.query;

import java.math.BigDecimal;

/**
 * Whole positions on an axis of real numbers: so many units of a power of ten that some ten million
 * of them are in view.
 *
 * @param exponent of the power of ten
 */
record XScale(int exponent) {
  private static final int DIGITS_IN_VIEW = 7;
  private static final int MOST_DIGITS = 16;
  private static final double EDGE = 1e-6;

  /** The scale for what is in view. */
  static XScale of(ValueRange visible) {
    double greatest = Math.max(Math.abs(visible.low()), Math.abs(visible.high()));
    double span = visible.high() / 2 - visible.low() / 2;
    int finest = magnitude(greatest) - MOST_DIGITS;
    return new XScale(Math.max(finest, magnitude(span) - DIGITS_IN_VIEW));
  }

  private static int magnitude(double number) {
    return number == 0 ? -300 : (int) Math.floor(Math.log10(number));
  }

  /** The position that a place lies in; one that is as good as on its edge is on it. */
  long position(double x) {
    double at = exponent < 0 ? x * Math.pow(10, -exponent) : x / Math.pow(10, exponent);
    double nearest = Math.rint(at);
    return (long) (Math.abs(at - nearest) < EDGE ? nearest : Math.floor(at));
  }

  /** A number of positions in units of x. */
  BigDecimal units(long positions) {
    return BigDecimal.valueOf(positions).scaleByPowerOfTen(exponent);
  }

  /** How many positions a unit of x is. */
  BigDecimal positionsPerUnit() {
    return BigDecimal.ONE.scaleByPowerOfTen(-exponent);
  }
}
