package io.ostraka.query.sql;

import java.util.ArrayList;
import java.util.List;

/** Cells in columns as wide as they need be, numbers to the right. */
final class TextGrid {
  /** What separates columns, and what escapes a cell. */
  enum Style {
    /** Two spaces, a line below the heads, long cells cut. */
    TABLE,
    /** Bars, which are escaped in cells; nothing is cut. */
    MARKDOWN
  }

  private static final int WIDEST = 60;

  private final Style style;
  private final List<String> heads;
  private final List<Boolean> toTheRight;
  private final List<List<String>> rows = new ArrayList<>();

  TextGrid(Style style, List<String> heads, List<Boolean> toTheRight) {
    this.style = style;
    this.heads = heads.stream().map(this::cell).toList();
    this.toTheRight = List.copyOf(toTheRight);
  }

  void row(List<String> cells) {
    rows.add(cells.stream().map(this::cell).toList());
  }

  private String cell(String text) {
    String line = text.replace("\r\n", "⏎").replace("\n", "⏎").replace('\t', ' ');
    StringBuilder shown = new StringBuilder();
    line.codePoints()
        .map(c -> Character.isISOControl(c) ? 0xFFFD : c)
        .forEach(shown::appendCodePoint);
    String clean = shown.toString();
    if (style == Style.MARKDOWN) {
      return clean.replace("\\", "\\\\").replace("|", "\\|");
    }
    return TextWidth.of(clean) > WIDEST ? TextWidth.begin(clean, WIDEST - 1) + "…" : clean;
  }

  @Override
  public String toString() {
    int[] widths = new int[heads.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = Math.max(TextWidth.of(heads.get(column)), style == Style.MARKDOWN ? 3 : 1);
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], TextWidth.of(row.get(column)));
      }
    }
    StringBuilder text = new StringBuilder();
    line(heads, widths, text);
    line(rules(widths), widths, text);
    rows.forEach(row -> line(row, widths, text));
    return text.toString();
  }

  private List<String> rules(int[] widths) {
    List<String> rules = new ArrayList<>();
    for (int column = 0; column < widths.length; column++) {
      boolean isMarked = style == Style.MARKDOWN && toTheRight.get(column);
      String rule = style == Style.MARKDOWN ? "-" : "─";
      rules.add(rule.repeat(widths[column] - (isMarked ? 1 : 0)) + (isMarked ? ":" : ""));
    }
    return rules;
  }

  private void line(List<String> cells, int[] widths, StringBuilder text) {
    boolean hasBars = style == Style.MARKDOWN;
    StringBuilder line = new StringBuilder(hasBars ? "| " : "");
    for (int column = 0; column < widths.length; column++) {
      String space = " ".repeat(widths[column] - TextWidth.of(cells.get(column)));
      boolean isRight = toTheRight.get(column);
      line.append(column == 0 ? "" : hasBars ? " | " : "  ");
      line.append(isRight ? space + cells.get(column) : cells.get(column) + space);
    }
    text.append(hasBars ? line + " |" : line.toString().stripTrailing()).append('\n');
  }
}
