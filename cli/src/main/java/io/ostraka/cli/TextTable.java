package io.ostraka.cli;

import io.ostraka.query.sql.TextWidth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A table in plain text: columns as wide as they need be, two spaces between them. */
final class TextTable {
  private static final int BETWEEN = 2;

  private final List<List<String>> rows = new ArrayList<>();
  private final Set<Integer> toTheRight = new HashSet<>();

  TextTable(String... headings) {
    rows.add(List.of(headings));
  }

  /** Puts the cells of some columns to the right, as numbers are. */
  TextTable right(String... headings) {
    Arrays.stream(headings).map(rows.get(0)::indexOf).forEach(toTheRight::add);
    return this;
  }

  void row(String... cells) {
    rows.add(Arrays.stream(cells).map(Screen::plain).toList());
  }

  /** All rows, the headings first. */
  List<String> lines() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], width(row.get(column)));
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String cell = row.get(column);
        String space = " ".repeat(widths[column] - width(cell));
        line.append(column == 0 ? "" : " ".repeat(BETWEEN));
        line.append(toTheRight.contains(column) ? space + cell : cell + space);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  /** All rows, each ending with a line feed. */
  @Override
  public String toString() {
    return String.join("\n", lines()) + "\n";
  }

  /** How many columns of a terminal a cell takes. */
  static int width(String cell) {
    return TextWidth.of(cell);
  }
}
