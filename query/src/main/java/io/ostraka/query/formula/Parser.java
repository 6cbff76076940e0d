package io.ostraka.query.formula;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one formula, by recursive descent: a method for each level of binding. */
final class Parser {
  private static final int LONGEST = 2_000;
  private static final int DEEPEST = 100;
  private static final int MOST_METRICS = 20;
  private static final String VALUE = "a number, a metric, a function or \"(\"";

  private final String text;
  private final Map<String, Integer> metrics = new LinkedHashMap<>();
  private int at;
  private int depth;

  Parser(String text) {
    this.text = text;
  }

  Term parse() {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "The formula has " + text.length() + " characters; at most " + LONGEST + " are read");
    }
    Term term = sum();
    if (at < text.length()) {
      throw wrong("an operator or the end is expected");
    }
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("The formula \"" + text + "\" names no metric");
    }
    return term;
  }

  /** The names of the metrics, by number. */
  List<String> metrics() {
    return List.copyOf(metrics.keySet());
  }

  private Term sum() {
    Term left = product();
    while (true) {
      Term before = left;
      if (takes('+')) {
        Term right = product();
        left = values -> before.of(values) + right.of(values);
      } else if (takes('-')) {
        Term right = product();
        left = values -> before.of(values) - right.of(values);
      } else {
        return left;
      }
    }
  }

  private Term product() {
    Term left = signed();
    while (true) {
      Term before = left;
      if (takes('*')) {
        Term right = signed();
        left = values -> before.of(values) * right.of(values);
      } else if (takes('/')) {
        Term right = signed();
        left = values -> before.of(values) / right.of(values);
      } else {
        return left;
      }
    }
  }

  private Term signed() {
    if (depth == DEEPEST) {
      throw wrong("nothing may be nested deeper than " + DEEPEST + " times");
    }
    depth++;
    try {
      if (takes('-')) {
        Term of = signed();
        return values -> -of.of(values);
      }
      return takes('+') ? signed() : value();
    } finally {
      depth--;
    }
  }

  private Term value() {
    skipSpace();
    if (at == text.length()) {
      throw wrong(VALUE + " is expected");
    }
    char first = text.charAt(at);
    if (takes('(')) {
      Term inner = sum();
      expect(')');
      return inner;
    }
    if (first == '`') {
      return metric(quoted());
    }
    if (isDigit(first) || first == '.') {
      return number();
    }
    if (isNameStart(first)) {
      int start = at;
      String name = name();
      return takes('(') ? function(name, start) : metric(name);
    }
    throw wrong(VALUE + " is expected");
  }

  private Term number() {
    int start = at;
    while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
    }
    try {
      double number = Double.parseDouble(text.substring(start, at));
      return values -> number;
    } catch (NumberFormatException e) {
      at = start;
      throw wrong("a number is expected");
    }
  }

  private Term metric(String name) {
    int number = metrics.computeIfAbsent(name, next -> metrics.size());
    if (metrics.size() > MOST_METRICS) {
      throw wrong("at most " + MOST_METRICS + " different metrics may be named");
    }
    return values -> values[number];
  }

  private Term function(String name, int start) {
    List<Term> given = new ArrayList<>();
    do {
      given.add(sum());
    } while (takes(','));
    expect(')');
    Function function = Function.byName(name);
    if (function == null || !function.takes(given.size())) {
      at = start;
      throw wrong(
          function == null
              ? "there is no function " + name + "; there are " + Function.names()
              : function.wants());
    }
    return function.of(given);
  }

  private String name() {
    int start = at;
    while (at < text.length()
        && (isNameStart(text.charAt(at)) || isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() {
    int start = at;
    StringBuilder name = new StringBuilder();
    at++;
    while (at < text.length()) {
      char next = text.charAt(at++);
      if (next != '`') {
        name.append(next);
      } else if (at < text.length() && text.charAt(at) == '`') {
        name.append(text.charAt(at++));
      } else if (name.length() > 0) {
        return name.toString();
      } else {
        break;
      }
    }
    at = start;
    throw wrong("a name between two backticks is expected");
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(char c) {
    return Character.isLetter(c) || Character.isSurrogate(c) || c == '_';
  }

  private boolean takes(char wanted) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char wanted) {
    if (!takes(wanted)) {
      throw wrong("\"" + wanted + "\" is expected");
    }
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private IllegalArgumentException wrong(String what) {
    String where =
        at < text.length()
            ? "at character "
                + (at + 1)
                + ", \""
                + text.substring(at, Math.min(text.length(), at + 12))
                + "\""
            : "at its end";
    return new IllegalArgumentException(
        "The formula \"" + text + "\" is wrong " + where + ": " + what);
  }
}
