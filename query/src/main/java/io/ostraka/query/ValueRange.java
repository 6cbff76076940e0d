package io.ostraka.query;

/**
 * From where to where values reach.
 *
 * @param low not greater than {@code high}
 * @param high the other end
 */
public record ValueRange(double low, double high) {
  /** The least range that holds both. */
  ValueRange and(ValueRange other) {
    return new ValueRange(Math.min(low, other.low), Math.max(high, other.high));
  }
}
