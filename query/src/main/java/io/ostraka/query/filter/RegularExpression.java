package io.ostraka.query.filter;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of a person, found anywhere in a text. One that would try for ever is
 * stopped: expressions such as {@code (a+)+$} take time that doubles with each character.
 */
final class RegularExpression {
  /** How many characters one search may look at; a simple expression looks at each a few times. */
  private static final int MOST_LOOKS = 2_000_000;

  private final Pattern pattern;

  /**
   * Reads an expression.
   *
   * @throws PatternSyntaxException if it is none
   */
  RegularExpression(String expression) {
    this.pattern = Pattern.compile(expression);
  }

  boolean isFoundIn(String text) {
    try {
      return pattern.matcher(new Watched(text, new int[1], 0, text.length())).find();
    } catch (StackOverflowError e) {
      throw tooLong();
    }
  }

  private IllegalArgumentException tooLong() {
    return new IllegalArgumentException(
        "The expression "
            + pattern
            + " takes too long on these texts; write it without repetitions inside repetitions");
  }

  /** A text that counts how often it is looked at. */
  private final class Watched implements CharSequence {
    private final String text;
    private final int[] looks;
    private final int from;
    private final int to;

    private Watched(String text, int[] looks, int from, int to) {
      this.text = text;
      this.looks = looks;
      this.from = from;
      this.to = to;
    }

    @Override
    public char charAt(int index) {
      looks[0]++;
      if (looks[0] > MOST_LOOKS) {
        throw tooLong();
      }
      return text.charAt(from + index);
    }

    @Override
    public int length() {
      return to - from;
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Watched(text, looks, from + start, from + end);
    }

    @Override
    public String toString() {
      return text.substring(from, to);
    }
  }
}
