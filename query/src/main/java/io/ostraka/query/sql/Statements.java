package io.ostraka.query.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * A text with statements, cut at the semicolons that end them: not those within quotes, comments or
 * dollar quotes.
 */
public final class Statements {
  private final String text;
  private final List<String> complete = new ArrayList<>();
  private int at;
  private int start;

  private Statements(String text) {
    this.text = text;
    while (at < text.length()) {
      step();
    }
  }

  /** The statements of a text, the last of which needs no semicolon; empty ones are left out. */
  public static List<String> of(String text) {
    Statements statements = new Statements(text);
    List<String> all = new ArrayList<>(statements.complete);
    all.add(text.substring(statements.start));
    return all.stream().filter(Statements::saysSomething).toList();
  }

  /**
   * The only statement of a text, without the semicolon that may end it.
   *
   * @throws SqlFailure if there is none, or several
   */
  static String only(String text) throws SqlFailure {
    List<String> all = of(text);
    if (all.size() != 1) {
      throw new SqlFailure(
          all.isEmpty()
              ? "There is no statement"
              : "There are " + all.size() + " statements; ask one at a time",
          List.of());
    }
    return all.get(0);
  }

  /** Whether a text that is being typed ends with the semicolon of a statement. */
  public static boolean isComplete(String text) {
    return !saysSomething(text.substring(new Statements(text).start));
  }

  /** A statement without the spaces, semicolons and comments before its first word. */
  static String fromFirstWord(String statement) {
    int at = 0;
    while (at < statement.length()) {
      int next = afterComment(statement, at);
      if (next > at) {
        at = next;
      } else if (Character.isWhitespace(statement.charAt(at)) || statement.charAt(at) == ';') {
        at++;
      } else {
        break;
      }
    }
    return statement.substring(at);
  }

  /** Whether a text is more than spaces and comments. */
  private static boolean saysSomething(String statement) {
    return !fromFirstWord(statement).isEmpty();
  }

  private void step() {
    char c = text.charAt(at);
    int comment = afterComment(text, at);
    if (comment > at) {
      at = comment;
    } else if (c == '\'' || c == '"') {
      boolean isEscaped = c == '\'' && at > start && isEscapePrefix(at - 1);
      at = afterQuote(c, isEscaped);
    } else if (c == '$') {
      at = afterDollarQuote();
    } else if (c == ';') {
      complete.add(text.substring(start, at));
      at++;
      start = at;
    } else {
      at++;
    }
  }

  /* E'…' takes a backslash as an escape, other quotes do not. */
  private boolean isEscapePrefix(int before) {
    boolean isE = text.charAt(before) == 'e' || text.charAt(before) == 'E';
    return isE && (before == 0 || !Character.isJavaIdentifierPart(text.charAt(before - 1)));
  }

  /* A doubled quote within is two quotes, one directly after the other. */
  private int afterQuote(char quote, boolean isEscaped) {
    for (int i = at + 1; i < text.length(); i++) {
      if (isEscaped && text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == quote) {
        return i + 1;
      }
    }
    return text.length();
  }

  private int afterDollarQuote() {
    int end = at + 1;
    while (end < text.length()
        && Character.isJavaIdentifierPart(text.charAt(end))
        && text.charAt(end) != '$') {
      end++;
    }
    boolean isParameter = at + 1 < text.length() && Character.isDigit(text.charAt(at + 1));
    if (isParameter || end >= text.length() || text.charAt(end) != '$') {
      return at + 1;
    }
    String tag = text.substring(at, end + 1);
    int close = text.indexOf(tag, end + 1);
    return close < 0 ? text.length() : close + tag.length();
  }

  private static int afterComment(String text, int at) {
    if (text.startsWith("--", at)) {
      int end = text.indexOf('\n', at);
      return end < 0 ? text.length() : end + 1;
    }
    if (!text.startsWith("/*", at)) {
      return at;
    }
    int depth = 0;
    for (int i = at; i + 1 < text.length(); i++) {
      if (text.startsWith("/*", i)) {
        depth++;
        i++;
      } else if (text.startsWith("*/", i)) {
        depth--;
        i++;
        if (depth == 0) {
          return i + 1;
        }
      }
    }
    return text.length();
  }
}
