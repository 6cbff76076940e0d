package io.ostraka.cli.draw;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of bins with axes. Each column of dots reaches from the least to the greatest value there,
 * so a spike of one step is seen; a gap is left open, and a mark below the axis says where values
 * are not finite.
 */
public final class Chart {
  private static final int LEAST_WIDTH = 10;

  private final boolean hasUnicode;
  private final int width;
  private final int height;

  /**
   * Charts of one size.
   *
   * @param width in characters, without what stands beside the axis
   * @param height in rows, without what stands below the axis
   */
  private Chart(boolean hasUnicode, int width, int height) {
    this.hasUnicode = hasUnicode;
    this.width = width;
    this.height = height;
  }

  /** Makes the curve of a chart, which has so many columns. */
  public interface Line {
    /** The line in so many columns. */
    Curve in(int columns);
  }

  /**
   * Draws a line.
   *
   * @param first the step at the left edge
   * @param last the step at the right edge
   * @param columns how wide it is with all that belongs to it
   * @param rows how high it is without what stands below the axis
   */
  public static List<String> of(
      Line line, long first, long last, int columns, int rows, boolean hasUnicode) {
    Curve coarse = line.in(columns);
    double[] range = range(coarse);
    List<String> labels = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      labels.add(label(row, rows, range));
    }
    int margin = labels.stream().mapToInt(String::length).max().orElse(0);
    int width = Math.max(LEAST_WIDTH, columns - margin - 1);
    Curve curve = line.in(width * Dots.across(hasUnicode));
    return new Chart(hasUnicode, width, rows).lines(curve, labels, margin, first, last);
  }

  /* Marks at the top, in the middle and at the bottom. */
  private static String label(int row, int rows, double[] range) {
    double low = range[0];
    double high = range[1];
    if (row == 0) {
      return Numbers.label(high, low, high);
    }
    if (row == rows - 1) {
      return Numbers.label(low, low, high);
    }
    boolean isMiddle = row == (rows - 1) / 2 && rows % 2 == 1;
    return isMiddle ? Numbers.label(low + (high - low) / 2, low, high) : "";
  }

  private static double[] range(Curve curve) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int column : curve.filled()) {
      low = Math.min(low, curve.low(column));
      high = Math.max(high, curve.high(column));
    }
    if (low > high) {
      return new double[] {0, 1};
    }
    if (low == high) {
      double around = low == 0 ? 1 : Math.abs(low) / 2;
      return new double[] {low - around, high + around};
    }
    return new double[] {low, high};
  }

  private List<String> lines(Curve curve, List<String> labels, int margin, long first, long last) {
    Dots dots = dots(curve);
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < height; row++) {
      String label = labels.get(row);
      String tick = label.isEmpty() ? axis("│", "|") : axis("┤", "+");
      lines.add(
          (" ".repeat(margin - label.length()) + label + tick + dots.row(row)).stripTrailing());
    }
    lines.add(" ".repeat(margin) + axis("└", "+") + axis("─", "-").repeat(width));
    String marks = marks(curve);
    if (!marks.isBlank()) {
      lines.add((" ".repeat(margin + 1) + marks).stripTrailing());
    }
    lines.add(" ".repeat(margin + 1) + steps(first, last));
    return lines;
  }

  private String axis(String unicode, String ascii) {
    return hasUnicode ? unicode : ascii;
  }

  private Dots dots(Curve curve) {
    Dots dots = new Dots(width, height, hasUnicode);
    double[] range = range(curve);
    int[] filled = curve.filled();
    int gap = curve.gap();
    for (int i = 0; i < filled.length; i++) {
      int column = filled[i];
      dots.bar(
          column,
          y(curve.low(column), range, dots.height()),
          y(curve.high(column), range, dots.height()));
      if (i + 1 < filled.length && curve.isJoined(column, filled[i + 1], gap)) {
        join(dots, curve, column, filled[i + 1], range);
      }
    }
    return dots;
  }

  private static void join(Dots dots, Curve curve, int from, int to, double[] range) {
    int before = y(curve.mean(from), range, dots.height());
    for (int column = from + 1; column <= to; column++) {
      double part = (column - from) / (double) (to - from);
      double value = curve.mean(from) * (1 - part) + curve.mean(to) * part;
      int here = y(value, range, dots.height());
      // Steep pieces are drawn half in each of the two columns.
      int middle = (before + here) / 2;
      dots.bar(column - 1, before, middle);
      dots.bar(column, middle, here);
      before = here;
    }
  }

  private static int y(double value, double[] range, int height) {
    double part = (value - range[0]) / (range[1] - range[0]);
    return (int) Math.max(0, Math.min(height - 1, Math.round(part * (height - 1))));
  }

  private String marks(Curve curve) {
    char[] marks = " ".repeat(width).toCharArray();
    for (int column = 0; column < curve.columns(); column++) {
      if (curve.nonFinite(column) > 0) {
        marks[column / Dots.across(hasUnicode)] = axis("×", "x").charAt(0);
      }
    }
    return new String(marks);
  }

  private String steps(long first, long last) {
    String left = Numbers.count(first);
    String right = Numbers.count(last);
    String middle = "step";
    int space = width - left.length() - right.length();
    if (first == last || space < 1) {
      return left;
    }
    if (space < middle.length() + 4) {
      return left + " ".repeat(space) + right;
    }
    int before = (width - middle.length()) / 2 - left.length();
    int after = space - middle.length() - Math.max(1, before);
    return left + " ".repeat(Math.max(1, before)) + middle + " ".repeat(Math.max(1, after)) + right;
  }
}
