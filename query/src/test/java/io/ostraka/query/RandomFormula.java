package io.ostraka.query;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * A formula that was made up: its text, its metrics, and what it is of their values, which is told
 * without parsing the text.
 */
record RandomFormula(
    String text, Set<String> metrics, ToDoubleFunction<Map<String, Double>> value) {
  private static final int DEEPEST = 4;

  /** A formula of one metric at least. */
  static RandomFormula of(Random random, List<String> metrics) {
    RandomFormula formula = tree(random, metrics, DEEPEST);
    return formula.metrics().isEmpty() ? of(random, metrics) : formula;
  }

  private static RandomFormula tree(Random random, List<String> metrics, int deepest) {
    int kind = deepest == 0 ? random.nextInt(2) : random.nextInt(5);
    if (kind == 0) {
      double number = random.nextInt(100) / 4.0;
      return new RandomFormula(Double.toString(number), Set.of(), values -> number);
    }
    if (kind == 1) {
      String name = metrics.get(random.nextInt(metrics.size()));
      String quoted = '`' + name.replace("`", "``") + '`';
      String text = name.matches("[a-z]+") && random.nextBoolean() ? name : quoted;
      return new RandomFormula(
          text, Set.of(name), values -> Objects.requireNonNull(values.get(name)));
    }
    RandomFormula one = tree(random, metrics, deepest - 1);
    if (kind == 2) {
      return ofOne(random, one);
    }
    return ofTwo(random, one, tree(random, metrics, deepest - 1));
  }

  private static RandomFormula ofOne(Random random, RandomFormula one) {
    String name = List.of("-", "abs", "exp", "log", "sqrt").get(random.nextInt(5));
    return new RandomFormula(
        name + "(" + one.text() + ")",
        one.metrics(),
        values -> {
          double of = one.value().applyAsDouble(values);
          return switch (name) {
            case "-" -> -of;
            case "abs" -> Math.abs(of);
            case "exp" -> Math.exp(of);
            case "log" -> Math.log(of);
            default -> Math.sqrt(of);
          };
        });
  }

  private static RandomFormula ofTwo(Random random, RandomFormula one, RandomFormula two) {
    String name = List.of("+", "-", "*", "/", "max", "min", "pow").get(random.nextInt(7));
    String text =
        name.length() == 1
            ? String.format(Locale.ROOT, "(%s %s %s)", one.text(), name, two.text())
            : String.format(Locale.ROOT, "%s(%s, %s)", name, one.text(), two.text());
    Set<String> metrics = new TreeSet<>(one.metrics());
    metrics.addAll(two.metrics());
    return new RandomFormula(
        text,
        metrics,
        values -> {
          double left = one.value().applyAsDouble(values);
          double right = two.value().applyAsDouble(values);
          return switch (name) {
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "/" -> left / right;
            case "max" -> Math.max(left, right);
            case "min" -> Math.min(left, right);
            default -> Math.pow(left, right);
          };
        });
  }
}
