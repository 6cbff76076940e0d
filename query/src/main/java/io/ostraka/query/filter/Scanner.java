package io.ostraka.query.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Walks over a text of the language from left to right; space between words does not count. */
final class Scanner {
  private static final int LONGEST_TEXT = 10_000;
  private static final int LONGEST_SHOWN = 30;

  /** What ends a part of a field's name that is not in backticks. */
  private static final String ENDS_PART = "=!<>~:(),`\"'.";

  /** What ends a value that is not in quotes. */
  private static final String ENDS_WORD = "(),\"'`";

  /** What an operator is made of. */
  private static final String OF_OPERATORS = "=!<>~:";

  /** What a value that is not in quotes does not begin with: that would be a slip of the finger. */
  private static final String NO_BEGIN = "=!<>";

  private final String what;
  private final String text;
  private int at;

  /** A word or a quoted text, and where it begins. */
  record Word(String text, boolean quoted, int position) {
    boolean is(String word) {
      return !quoted && text.equalsIgnoreCase(word);
    }
  }

  Scanner(String what, String text) {
    this.what = what;
    this.text = text;
    if (text.length() > LONGEST_TEXT) {
      throw new FilterSyntaxException(
          what,
          text,
          LONGEST_TEXT,
          "at most " + LONGEST_TEXT + " characters",
          text.length() + " of them");
    }
  }

  int position() {
    skipSpace();
    return at;
  }

  boolean isAtEnd() {
    return position() == text.length();
  }

  /** Whether the next character is this one; then it is passed over. */
  boolean take(char c) {
    boolean isNext = !isAtEnd() && text.charAt(at) == c;
    at += isNext ? 1 : 0;
    return isNext;
  }

  /** Whether the next word is this one, in whatever case; then it is passed over. */
  boolean takeWord(String word) {
    int start = position();
    boolean isNext =
        text.regionMatches(true, start, word, 0, word.length()) && isWordEnd(start + word.length());
    at += isNext ? word.length() : 0;
    return isNext;
  }

  /**
   * The first of some operators that comes next, passed over; empty if none does, or one that goes
   * on, such as {@code =~} or {@code <>}.
   */
  String takeOperator(List<String> operators) {
    int start = position();
    for (String symbol : operators) {
      int end = start + symbol.length();
      boolean goesOn = end < text.length() && OF_OPERATORS.indexOf(text.charAt(end)) >= 0;
      if (text.startsWith(symbol, start) && !goesOn) {
        at += symbol.length();
        return symbol;
      }
    }
    return "";
  }

  void expect(char c, String expected) {
    if (!take(c)) {
      throw wrong(expected);
    }
  }

  /** The end of the text has to come. */
  void end() {
    if (!isAtEnd()) {
      throw wrong("the end");
    }
  }

  <T> List<T> list(Function<Scanner, T> one) {
    List<T> all = new ArrayList<>();
    do {
      all.add(one.apply(this));
    } while (take(','));
    if (!isAtEnd()) {
      throw wrong("a comma or the end");
    }
    return all;
  }

  /** A value: a text in quotes, or whatever comes before the next space. */
  Word word(String expected) {
    int start = position();
    if (start == text.length()) {
      throw wrong(expected);
    }
    char first = text.charAt(start);
    if (first == '"' || first == '\'') {
      return new Word(quoted(first), true, start);
    }
    int end = start;
    while (end < text.length()
        && ENDS_WORD.indexOf(text.charAt(end)) < 0
        && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    String word = text.substring(start, end);
    boolean isOperator = !word.isEmpty() && NO_BEGIN.indexOf(word.charAt(0)) >= 0;
    if (isOperator
        || word.isEmpty()
        || word.equalsIgnoreCase("and")
        || word.equalsIgnoreCase("or")) {
      throw wrong(expected);
    }
    at = end;
    return new Word(word, false, start);
  }

  Field field() {
    int start = position();
    List<String> parts = new ArrayList<>();
    do {
      parts.add(part(start));
    } while (takeDot());
    return field(parts, start);
  }

  private Field field(List<String> parts, int start) {
    List<String> path = parts.subList(1, parts.size());
    boolean hasPath = !path.isEmpty();
    if (hasPath && parts.get(0).equals("config")) {
      return new Field.Config(path);
    }
    if (hasPath && parts.get(0).equals("summary")) {
      return new Field.Summary(path);
    }
    Fact fact = hasPath ? null : Fact.of(parts.get(0));
    if (fact != null) {
      return new Field.OfRun(fact);
    }
    String name = String.join(".", parts);
    throw new FilterSyntaxException(
        what,
        text,
        start,
        "a field (the nearest are "
            + String.join(", ", NearNames.of(List.of(name), Fact.names()))
            + "; settings are config.NAME, outcomes and metrics summary.NAME)",
        shown(name));
  }

  private boolean takeDot() {
    boolean isNext = at < text.length() && text.charAt(at) == '.';
    at += isNext ? 1 : 0;
    return isNext;
  }

  private String part(int start) {
    if (at < text.length() && text.charAt(at) == '`') {
      return quoted('`');
    }
    int from = at;
    while (at < text.length()
        && ENDS_PART.indexOf(text.charAt(at)) < 0
        && !Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at == from) {
      throw wrong(
          from, from == start ? "a field such as state, config.lr or summary.loss.min" : "a name");
    }
    return text.substring(from, at);
  }

  /** A text between quotation marks of one kind; one within it is doubled. */
  private String quoted(char mark) {
    int start = at;
    StringBuilder content = new StringBuilder();
    for (at++; at < text.length(); at++) {
      if (text.charAt(at) != mark) {
        content.append(text.charAt(at));
      } else if (at + 1 < text.length() && text.charAt(at + 1) == mark) {
        content.append(mark);
        at++;
      } else {
        at++;
        return content.toString();
      }
    }
    throw new FilterSyntaxException(
        what, text, text.length(), mark + " to close the one at " + (start + 1), "the end");
  }

  /** A part of a field's name, in backticks where it needs them. */
  static String quotedPart(String part) {
    boolean isPlain =
        !part.isEmpty()
            && part.chars().noneMatch(c -> ENDS_PART.indexOf(c) >= 0 || Character.isWhitespace(c));
    return isPlain ? part : "`" + part.replace("`", "``") + "`";
  }

  /** What is said of the place that was reached. */
  FilterSyntaxException wrong(String expected) {
    return wrong(position(), expected);
  }

  /** What is said of a place. */
  FilterSyntaxException wrong(int start, String expected) {
    int end = start;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    String found = start == text.length() ? "the end" : shown(text.substring(start, end));
    return new FilterSyntaxException(what, text, start, expected, found);
  }

  /** What is said of a word that was read already. */
  FilterSyntaxException wrong(Word word, String expected) {
    return new FilterSyntaxException(what, text, word.position(), expected, shown(word.text()));
  }

  private static String shown(String found) {
    String clean = found.replaceAll("\\p{Cntrl}", " ");
    boolean isShort = clean.length() <= LONGEST_SHOWN;
    return "\"" + (isShort ? clean : clean.substring(0, LONGEST_SHOWN) + "...") + "\"";
  }

  private boolean isWordEnd(int end) {
    return end >= text.length()
        || Character.isWhitespace(text.charAt(end))
        || ENDS_WORD.indexOf(text.charAt(end)) >= 0;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
