package io.ostraka.cli.draw;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as a person reads them in a table or beside an axis: rounded. */
public final class Numbers {
  private static final int DIGITS = 5;
  private static final int MOST_PLACES = 9;
  private static final int MOST_DIGITS = 12;
  private static final double WHOLE_BELOW = 1e12;

  private Numbers() {}

  /** With five significant digits, and whole numbers below a trillion as they are. */
  public static String text(double value) {
    boolean isWhole = value == Math.rint(value) && Math.abs(value) < WHOLE_BELOW;
    return isWhole ? Long.toString((long) value) : text(value, DIGITS);
  }

  /**
   * Beside an axis, with as many digits as tell its ends apart.
   *
   * @param low the least value of the axis
   * @param high the greatest
   */
  public static String label(double value, double low, double high) {
    double greatest = Math.max(Math.abs(low), Math.abs(high));
    double range = high - low;
    int digits = 3;
    if (range > 0 && Double.isFinite(range)) {
      digits += Math.max(0, (int) Math.log10(greatest / range));
      // What is nearly nothing beside the range is nothing.
      double least = Math.scalb(range, -20);
      return text(Math.abs(value) < least ? 0 : value, Math.min(digits, MOST_DIGITS));
    }
    return text(value, DIGITS);
  }

  /**
   * The shortest text that reads back as the same number; a real number that is whole ends in .0.
   */
  public static String exact(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return Double.toString(value);
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent < -4 || exponent > MOST_DIGITS) {
      return scientific(shortest, exponent);
    }
    return shortest.scale() <= 0 ? shortest.toPlainString() + ".0" : shortest.toPlainString();
  }

  /** A count, with commas. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String text(double value, int digits) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded =
        new BigDecimal(value)
            .round(new MathContext(digits, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    boolean isPlain = rounded.scale() <= MOST_PLACES && exponent >= -4 && exponent <= MOST_PLACES;
    if (isPlain) {
      return rounded.toPlainString();
    }
    return scientific(rounded, exponent);
  }

  private static String scientific(BigDecimal number, int exponent) {
    return number.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
  }
}
