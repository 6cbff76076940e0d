package io.ostraka.query;

import io.ostraka.query.formula.Formula;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a line is of: a metric, or a formula over some.
 *
 * @param text as the request names it
 * @param names the metrics that it is made of
 * @param formula null where it is a metric as it was logged
 */
record Expression(String text, List<String> names, @Nullable Formula formula) {
  private static final String SIGN = "=";

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is a formula that does not parse
   */
  static Expression parse(String text) {
    if (!isFormula(text)) {
      return new Expression(text, List.of(text), null);
    }
    Formula formula = Formula.parse(text.substring(SIGN.length()));
    return new Expression(text, formula.metrics(), formula);
  }

  static boolean isFormula(String text) {
    return text.startsWith(SIGN);
  }

  double of(double[] values) {
    return formula == null ? values[0] : formula.of(values);
  }
}
