package io.ostraka.query;

/**
 * From where to where values reach.
 *
 * @param low not greater than {@code high}
 * @param high the other end
 */
public record ValueRange(double low, double high) {}
