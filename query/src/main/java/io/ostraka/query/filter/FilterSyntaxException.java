package io.ostraka.query.filter;

/** A filter, a sort order or a list of fields that does not parse. */
public final class FilterSyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** How much of a text stands before the place in {@link #caret}. */
  private static final int SHOWN_BEFORE = 60;

  private static final int SHOWN_AFTER = 20;

  private final String text;
  private final int position;
  private final String expected;

  /**
   * Says what is wrong.
   *
   * @param what what the text should be: a filter, a sort order
   * @param text all of it
   * @param position the index of the first character that is wrong, the length at the end
   * @param expected what could stand there
   * @param found what stands there
   */
  FilterSyntaxException(String what, String text, int position, String expected, String found) {
    super(
        "The %s does not parse at character %d: expected %s, found %s"
            .formatted(what, position + 1, expected, found));
    this.text = text;
    this.position = position;
    this.expected = expected;
  }

  /** The index of the first character that is wrong, the text's length if that is its end. */
  public int position() {
    return position;
  }

  /** What could stand there. */
  public String expected() {
    return expected;
  }

  /** The text around the place, and on a second line a caret below it. */
  public String caret() {
    int from = Math.max(0, position - SHOWN_BEFORE);
    int to = Math.min(text.length(), position + SHOWN_AFTER);
    String before = from > 0 ? "..." : "";
    String shown = text.substring(from, to).replaceAll("\\p{Cntrl}", " ");
    String after = to < text.length() ? "..." : "";
    return before + shown + after + "\n" + " ".repeat(before.length() + position - from) + "^";
  }
}
