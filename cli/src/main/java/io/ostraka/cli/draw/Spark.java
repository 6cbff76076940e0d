package io.ostraka.cli.draw;

/** A curve as one row of characters: the mean of each column, in eight heights. */
public final class Spark {
  private static final String BLOCKS = "▁▂▃▄▅▆▇█";
  private static final String ASCII = ".:-=+*#@";
  private static final char NOT_FINITE = '×';
  private static final char NOT_FINITE_ASCII = 'x';

  private Spark() {}

  /**
   * Draws a curve.
   *
   * @param hasUnicode whether blocks may be used, else punctuation is
   * @return as many characters as the curve has columns, a space where there is nothing
   */
  public static String of(Curve curve, boolean hasUnicode) {
    String heights = hasUnicode ? BLOCKS : ASCII;
    char[] row = " ".repeat(curve.columns()).toCharArray();
    int[] filled = curve.filled();
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int column : filled) {
      low = Math.min(low, curve.mean(column));
      high = Math.max(high, curve.mean(column));
    }
    int gap = curve.gap();
    for (int i = 0; i < filled.length; i++) {
      int column = filled[i];
      row[column] = height(curve.mean(column), low, high, heights);
      int next = i + 1 < filled.length ? filled[i + 1] : column;
      if (next > column && curve.isJoined(column, next, gap)) {
        for (int between = column + 1; between < next; between++) {
          double part = (between - column) / (double) (next - column);
          double value = curve.mean(column) * (1 - part) + curve.mean(next) * part;
          row[between] = height(value, low, high, heights);
        }
      }
    }
    for (int column = 0; column < row.length; column++) {
      if (curve.nonFinite(column) > 0 && !curve.has(column)) {
        row[column] = hasUnicode ? NOT_FINITE : NOT_FINITE_ASCII;
      }
    }
    return new String(row);
  }

  private static char height(double value, double low, double high, String heights) {
    if (!(high > low)) {
      return heights.charAt(heights.length() / 2 - 1);
    }
    int height = (int) ((value - low) / (high - low) * heights.length());
    return heights.charAt(Math.max(0, Math.min(heights.length() - 1, height)));
  }
}
