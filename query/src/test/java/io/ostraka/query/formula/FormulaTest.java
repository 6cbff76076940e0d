package io.ostraka.query.formula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FormulaTest {
  private static final Map<String, Double> VALUES =
      Map.of("a", 7.0, "b", 2.0, "c", -4.0, "train/loss", 0.5, "x.y_2", 9.0, "a`b", 3.0, "ü", 1.5);

  private static double value(String text) {
    Formula formula = Formula.parse(text);
    return formula.of(formula.metrics().stream().mapToDouble(VALUES::get).toArray());
  }

  @Test
  void bindsAsArithmeticDoes() {
    Map<String, Double> expected = new TreeMap<>();
    expected.put("(a - b) / c", -1.25);
    expected.put("a - b - c", 9.0);
    expected.put("a / b / 2", 1.75);
    expected.put("a + b * c", -1.0);
    expected.put("-a + -(-b)", -5.0);
    expected.put("2e1*`train/loss` - .5", 9.5);
    expected.put("`a``b`*x.y_2", 27.0);
    expected.put("ü+1", 2.5);
    expected.put("max(a, b, 10 * b) - min(a, c)", 24.0);
    expected.put("sqrt(x.y_2) + pow(b, 3) + abs(c)", 15.0);
    expected.put("log(exp(b))", 2.0);
    expected.put("a / (b - 2)", Double.POSITIVE_INFINITY);
    expected.put("log(c)", Double.NaN);
    expected.put("\t a\n", 7.0);
    expected.forEach((text, value) -> assertThat(value(text)).as(text).isEqualTo(value));
  }

  @Test
  void namesEachMetricOnce() {
    assertThat(Formula.parse("a + b * a - `train/loss`").metrics())
        .containsExactly("a", "b", "train/loss");
  }

  @Test
  void saysWhereAFormulaIsWrongAndWhatIsExpected() {
    String value = "a number, a metric, a function or \"(\" is expected";
    Map<String, String> wrong = new TreeMap<>();
    wrong.put("", "at its end: " + value);
    wrong.put("(a - b", "at its end: \")\" is expected");
    wrong.put("a - * b", "at character 5, \"* b\": " + value);
    wrong.put("a b", "at character 3, \"b\": an operator or the end is expected");
    wrong.put("a)", "at character 2, \")\": an operator or the end is expected");
    wrong.put("1.2.3 * a", "at character 1, \"1.2.3 * a\": a number is expected");
    wrong.put("a + `b", "at character 5, \"`b\": a name between two backticks is expected");
    wrong.put("a + ``", "at character 5, \"``\": a name between two backticks is expected");
    wrong.put("sqrt(a, b)", "at character 1, \"sqrt(a, b)\": sqrt takes 1 value");
    wrong.put("max(a)", "at character 1, \"max(a)\": max takes 2 values or more");
    wrong.put(
        "tan(a)",
        "at character 1, \"tan(a)\": there is no function tan; there are abs, exp, log, max, min,"
            + " pow, sqrt");
    wrong.forEach(
        (text, message) ->
            assertThatThrownBy(() -> Formula.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The formula \"" + text + "\" is wrong " + message));
    assertThatThrownBy(() -> Formula.parse("1 + 2"))
        .hasMessage("The formula \"1 + 2\" names no metric");
    assertThatThrownBy(() -> Formula.parse("(".repeat(1000)))
        .hasMessageContaining("nothing may be nested deeper than 100 times");
    assertThatThrownBy(() -> Formula.parse("a+".repeat(3000)))
        .hasMessage("The formula has 6000 characters; at most 2000 are read");
  }

  @Test
  void neverFailsOtherwise() {
    long seed = Long.getLong("ostraka.seed", System.nanoTime());
    System.out.println("FormulaTest: -Dostraka.seed=" + seed);
    Random random = new Random(seed);
    String characters = "ab1.e+-*/(), `\uD83C\uDFFAmax";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(12); length > 0; length--) {
        text.append(characters.charAt(random.nextInt(characters.length())));
      }
      try {
        Formula formula = Formula.parse(text.toString());
        assertThat(formula.metrics()).isNotEmpty();
        formula.of(new double[formula.metrics().size()]);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageStartingWith("The formula");
      }
    }
  }
}
