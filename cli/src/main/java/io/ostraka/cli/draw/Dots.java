package io.ostraka.cli.draw;

/**
 * A field of dots that is printed several to a character: braille with two dots beside each other
 * and four above each other, or plain ASCII with two above each other.
 */
final class Dots {
  private static final int BRAILLE = 0x2800;

  /**
   * The bit of each dot of a braille character, column by column from its top (Unicode 15, U+2800).
   */
  private static final int[][] BITS = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};

  /** Nothing, the upper half, the lower half, both. */
  private static final String HALVES = " '.:";

  private final boolean hasUnicode;
  private final boolean[][] dots;

  /** A field of so many characters without a dot. */
  Dots(int columns, int rows, boolean hasUnicode) {
    this.hasUnicode = hasUnicode;
    this.dots = new boolean[columns * across(hasUnicode)][rows * (hasUnicode ? 4 : 2)];
  }

  /** How many dots are beside each other in a character. */
  static int across(boolean hasUnicode) {
    return hasUnicode ? 2 : 1;
  }

  /** How many dots there are above each other. */
  int height() {
    return dots[0].length;
  }

  /** Sets the dots of a column between two heights, both included, counted from the bottom. */
  void bar(int column, int from, int to) {
    for (int y = Math.min(from, to); y <= Math.max(from, to); y++) {
      dots[column][height() - 1 - y] = true;
    }
  }

  /** One row of characters, counted from the top. */
  String row(int row) {
    StringBuilder text = new StringBuilder();
    for (int x = 0; x < dots.length; x += across(hasUnicode)) {
      text.append(hasUnicode ? braille(x, 4 * row) : half(x, 2 * row));
    }
    return text.toString();
  }

  private char braille(int x, int y) {
    int bits = 0;
    for (int dx = 0; dx < 2; dx++) {
      for (int dy = 0; dy < 4; dy++) {
        bits |= dots[x + dx][y + dy] ? BITS[dx][dy] : 0;
      }
    }
    return bits == 0 ? ' ' : (char) (BRAILLE + bits);
  }

  private char half(int x, int y) {
    return HALVES.charAt((dots[x][y] ? 1 : 0) + (dots[x][y + 1] ? 2 : 0));
  }
}
