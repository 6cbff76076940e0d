package io.ostraka.bench;

import java.util.Locale;

/** A table of numbers on standard output, line by line. */
final class Table {
  private static final int NAME_WIDTH = 44;
  private static final int WIDTH = 12;

  private Table() {}

  /** The first line: what the lines are by, and what the numbers are. */
  static void begin(String by, String... columns) {
    StringBuilder line = new StringBuilder(padded(by));
    for (String column : columns) {
      line.append(String.format(Locale.ROOT, "%" + WIDTH + "s", column));
    }
    System.out.println(line);
  }

  /** A line; what is no number stays empty. */
  static void line(String name, double... numbers) {
    StringBuilder line = new StringBuilder(padded(name));
    for (double number : numbers) {
      line.append(String.format(Locale.ROOT, "%" + WIDTH + "s", number(number)));
    }
    System.out.println(line);
  }

  private static String padded(String text) {
    return String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s", text);
  }

  private static String number(double number) {
    if (Double.isNaN(number)) {
      return "";
    }
    return String.format(
        Locale.ROOT, number < 10 ? "%.2f" : number < 100 ? "%.1f" : "%,.0f", number);
  }
}
