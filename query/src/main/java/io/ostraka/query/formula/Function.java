package io.ostraka.query.formula;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The functions of formulas: of one value, of two, or of two and more. */
enum Function {
  ABS(1, 1),
  EXP(1, 1),
  LOG(1, 1),
  MAX(2, Integer.MAX_VALUE),
  MIN(2, Integer.MAX_VALUE),
  POW(2, 2),
  SQRT(1, 1);

  private final int fewest;
  private final int most;

  Function(int fewest, int most) {
    this.fewest = fewest;
    this.most = most;
  }

  /** The function of a name, or null. */
  static @Nullable Function byName(String name) {
    return Arrays.stream(values()).filter(one -> one.text().equals(name)).findFirst().orElse(null);
  }

  static String names() {
    return Arrays.stream(values()).map(Function::text).collect(Collectors.joining(", "));
  }

  boolean takes(int values) {
    return values >= fewest && values <= most;
  }

  /** What is said where it gets another number of values. */
  String wants() {
    String values = fewest == 1 ? " value" : " values";
    return text() + " takes " + fewest + values + (most > 2 ? " or more" : "");
  }

  /** The function of so many terms as it takes. */
  Term of(List<Term> given) {
    Term first = given.get(0);
    if (most == 1) {
      return values -> of(first.of(values), 0);
    }
    Term result = first;
    for (Term next : given.subList(1, given.size())) {
      Term before = result;
      result = values -> of(before.of(values), next.of(values));
    }
    return result;
  }

  private double of(double value, double second) {
    return switch (this) {
      case ABS -> Math.abs(value);
      case EXP -> Math.exp(value);
      case LOG -> Math.log(value);
      case MAX -> Math.max(value, second);
      case MIN -> Math.min(value, second);
      case POW -> Math.pow(value, second);
      case SQRT -> Math.sqrt(value);
    };
  }

  private String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
