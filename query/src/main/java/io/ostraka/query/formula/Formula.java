package io.ostraka.query.formula;

import java.util.List;

/**
 * A formula over metrics. Arithmetic is that of Java's double: a division by zero is infinite, and
 * what has no value is NaN. Immutable and safe for threads.
 */
public final class Formula {
  private final String text;
  private final List<String> metrics;
  private final Term term;

  private Formula(String text, List<String> metrics, Term term) {
    this.text = text;
    this.metrics = metrics;
    this.term = term;
  }

  /**
   * Reads a formula: numbers, metrics, {@code + - * /}, parentheses, and the functions {@code abs,
   * exp, log, max, min, pow, sqrt}. The name of a metric that has other characters than letters,
   * digits, dots and underscores, or begins with a digit, stands in backticks; a backtick within
   * them is written twice.
   *
   * @throws IllegalArgumentException if it does not parse; the message says where, and what was
   *     expected there
   */
  public static Formula parse(String text) {
    Parser parser = new Parser(text);
    Term term = parser.parse();
    return new Formula(text, parser.metrics(), term);
  }

  /** The names of its metrics, each once, at least one. */
  public List<String> metrics() {
    return metrics;
  }

  /**
   * Its value.
   *
   * @param values those of {@link #metrics}, in their order
   */
  public double of(double[] values) {
    return term.of(values);
  }

  @Override
  public String toString() {
    return text;
  }
}
