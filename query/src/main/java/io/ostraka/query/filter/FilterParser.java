package io.ostraka.query.filter;

import io.ostraka.card.WriterState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a filter by recursive descent, one method for each rule of the grammar in {@code
 * docs/filters.md}.
 */
final class FilterParser {
  private static final int DEEPEST = 100;
  private static final List<String> OPERATORS =
      List.of("<=", ">=", "!=", "==", "!~", "=", "<", ">", "~", ":");
  private static final String A_VALUE = "a value such as 0.01, adam or \"two words\"";
  private static final List<String> STATES =
      Arrays.stream(WriterState.values()).map(WriterState::text).toList();

  private final Scanner scanner;
  private final Instant now;
  private int depth;

  FilterParser(String text, Instant now) {
    this.scanner = new Scanner("filter", text);
    this.now = now;
  }

  Condition parse() {
    Condition condition = or();
    if (!scanner.isAtEnd()) {
      throw scanner.wrong("and, or, or the end");
    }
    return condition;
  }

  private Condition or() {
    List<Condition> any = new ArrayList<>();
    do {
      any.add(and());
    } while (scanner.takeWord("or"));
    return Condition.any(any);
  }

  private Condition and() {
    List<Condition> all = new ArrayList<>();
    do {
      all.add(not());
    } while (scanner.takeWord("and"));
    return Condition.all(all);
  }

  private Condition not() {
    if (++depth > DEEPEST) {
      throw scanner.wrong("at most " + DEEPEST + " conditions within each other");
    }
    try {
      return scanner.takeWord("not") ? new Condition.Not(not()) : primary();
    } finally {
      depth--;
    }
  }

  private Condition primary() {
    if (!scanner.take('(')) {
      return comparison();
    }
    Condition inner = or();
    scanner.expect(')', "and, or, or a closing parenthesis");
    return inner;
  }

  private Condition comparison() {
    Field field = scanner.field();
    int start = scanner.position();
    if (scanner.takeWord("exists")) {
      return new Condition.Exists(field);
    }
    boolean negated = scanner.takeWord("not");
    if (scanner.takeWord("in")) {
      checkEquality(field, start);
      return new Condition.Is(field, new Condition.OneOf(list(field)), negated);
    }
    if (negated) {
      throw scanner.wrong("in");
    }
    String symbol = scanner.takeOperator(OPERATORS);
    return switch (symbol) {
      case "<" -> order(field, Condition.Operator.LESS, start);
      case "<=" -> order(field, Condition.Operator.AT_MOST, start);
      case ">" -> order(field, Condition.Operator.GREATER, start);
      case ">=" -> order(field, Condition.Operator.AT_LEAST, start);
      case "=", "==" -> equality(field, false, start);
      case "!=" -> equality(field, true, start);
      case ":" -> has(field, start);
      case "~" -> like(field, false, start);
      case "!~" -> like(field, true, start);
      default -> throw scanner.wrong("an operator (= != < <= > >= ~ !~ : in, not in, exists)");
    };
  }

  private Condition order(Field field, Condition.Operator operator, int start) {
    if (kind(field) == Fact.Kind.STATE) {
      throw scanner.wrong(start, "= != in or not in, since states have no order");
    }
    return new Condition.Order(field, operator, literal(field));
  }

  private Condition equality(Field field, boolean negated, int start) {
    checkEquality(field, start);
    return new Condition.Is(field, new Condition.OneOf(List.of(literal(field))), negated);
  }

  private Condition has(Field field, int start) {
    checkText(field, start);
    Scanner.Word word = scanner.word(A_VALUE);
    return new Condition.Is(field, new Condition.Has(Literal.of(word)), false);
  }

  private Condition like(Field field, boolean negated, int start) {
    checkText(field, start);
    Scanner.Word word = scanner.word("a regular expression, best in quotes");
    try {
      RegularExpression expression = new RegularExpression(word.text());
      return new Condition.Is(field, new Condition.Like(expression), negated);
    } catch (PatternSyntaxException e) {
      throw scanner.wrong(
          word, "a regular expression (" + e.getDescription().toLowerCase(Locale.ROOT) + ")");
    }
  }

  private void checkEquality(Field field, int start) {
    if (kind(field) == Fact.Kind.TIME) {
      throw scanner.wrong(start, "< <= > or >=, since no two moments are the same");
    }
  }

  private void checkText(Field field, int start) {
    Fact.Kind kind = kind(field);
    if (kind != null && kind != Fact.Kind.TEXT && kind != Fact.Kind.STATE) {
      throw scanner.wrong(start, "< <= > or >=, since " + field.text() + " is no text");
    }
  }

  private List<Literal> list(Field field) {
    List<Literal> literals = new ArrayList<>();
    scanner.expect('(', "a list of values in parentheses");
    do {
      literals.add(literal(field));
    } while (scanner.take(','));
    scanner.expect(')', "a comma or a closing parenthesis");
    return List.copyOf(literals);
  }

  private Literal literal(Field field) {
    Fact.Kind kind = kind(field);
    if (kind == null) {
      return ofConfigOrSummary();
    }
    return switch (kind) {
      case TEXT -> new Literal(scanner.word(A_VALUE).text(), null);
      case STATE -> state();
      case NUMBER -> number("a number");
      case SECONDS -> seconds();
      case TIME -> moment();
    };
  }

  private static Fact.@Nullable Kind kind(Field field) {
    return field instanceof Field.OfRun own ? own.fact().kind() : null;
  }

  private Literal ofConfigOrSummary() {
    Scanner.Word word = scanner.word(A_VALUE);
    if (word.is("null")) {
      throw scanner.wrong(word, "a value (runs without one are: not FIELD exists)");
    }
    return Literal.of(word);
  }

  private Literal state() {
    String expected = String.join(", ", STATES);
    Scanner.Word word = scanner.word(expected);
    if (!STATES.contains(word.text())) {
      throw scanner.wrong(word, expected);
    }
    return new Literal(word.text(), null);
  }

  private Literal number(String expected) {
    Scanner.Word word = scanner.word(expected);
    Literal literal = Literal.of(word);
    if (literal.other() == null || !literal.other().isNumber()) {
      throw scanner.wrong(word, expected);
    }
    return literal;
  }

  private Literal seconds() {
    String expected = "seconds, or a time such as 90m, 2h or 3d";
    Scanner.Word word = scanner.word(expected);
    Value.Real span = Moments.seconds(word.text());
    Literal literal = span == null ? Literal.of(word) : new Literal(word.text(), span);
    if (literal.other() == null || !literal.other().isNumber()) {
      throw scanner.wrong(word, expected);
    }
    return literal;
  }

  private Literal moment() {
    String expected = "a time such as 2026-11-21, 2026-11-21T10:30Z or 2d ago";
    Scanner.Word word = scanner.word(expected);
    boolean isAgo = word.quoted() ? word.text().endsWith(" ago") : scanner.takeWord("ago");
    Instant moment;
    if (isAgo) {
      Value.Real span = Moments.seconds(word.text().replaceFirst(" +ago$", ""));
      moment = span == null ? null : Moments.before(now, span.value());
    } else {
      moment = Moments.parse(word.text(), now);
    }
    if (moment == null) {
      throw scanner.wrong(word, expected);
    }
    return new Literal(word.text(), new Value.Time(moment));
  }
}
