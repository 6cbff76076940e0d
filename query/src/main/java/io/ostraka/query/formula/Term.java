package io.ostraka.query.formula;

/** A part of a formula. */
@FunctionalInterface
interface Term {
  /**
   * Its value.
   *
   * @param metrics the values of the formula's metrics, by their numbers
   */
  double of(double[] metrics);
}
