package io.ostraka.cli;

import io.ostraka.query.sql.TextWidth;
import java.util.Map;
import java.util.Set;

/**
 * What a person sees a command's output on.
 *
 * @param columns how many characters a line has
 * @param isTerminal whether it is a terminal and no file or pipe
 * @param hasUnicode whether it shows more than ASCII
 * @param hasColour whether colours are wanted
 */
record Screen(int columns, boolean isTerminal, boolean hasUnicode, boolean hasColour) {
  static final int USUAL_COLUMNS = 80;
  private static final int LEAST_COLUMNS = 40;

  /** Terminals whose fonts have neither braille nor blocks. */
  private static final Set<String> PLAIN = Set.of("dumb", "linux", "vt100", "vt102", "vt220");

  /**
   * The screen of a process.
   *
   * @param columns as the launcher found them; 0 if the output is no terminal
   * @param isUtf8 whether the locale is one of UTF-8
   */
  static Screen of(Map<String, String> variables, int columns, boolean isUtf8) {
    boolean isTerminal = columns > 0;
    String kind = variables.getOrDefault("TERM", "");
    boolean isPlain = isTerminal && PLAIN.contains(kind);
    boolean isColourless = !variables.getOrDefault("NO_COLOR", "").isEmpty() || kind.equals("dumb");
    int told = number(variables.getOrDefault("COLUMNS", ""));
    int wide = told > 0 ? told : isTerminal ? columns : USUAL_COLUMNS;
    return new Screen(
        Math.max(LEAST_COLUMNS, wide), isTerminal, isUtf8 && !isPlain, isTerminal && !isColourless);
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
  }

  /** A text in bold letters, if there are any here. */
  String bold(String text) {
    return ink("1", text);
  }

  /** A text that stands back. */
  String dim(String text) {
    return ink("2", text);
  }

  /** The word for a state, in the colour that says whether it wants a look. */
  String state(String state) {
    return switch (state) {
      case "running" -> ink("32", state);
      case "failed", "crashed" -> ink("31", state);
      case "stalled" -> ink("33", state);
      default -> state;
    };
  }

  /** A text in one of ECMA-48's renditions. */
  private String ink(String rendition, String text) {
    return hasColour && !text.isEmpty() ? "\u001b[" + rendition + "m" + text + "\u001b[0m" : text;
  }

  /** Dots for what is cut off. */
  String ellipsis() {
    return hasUnicode ? "…" : "..";
  }

  /** A text without what would move the cursor or change colours, in one line. */
  static String plain(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints().map(Screen::shown).forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static int shown(int character) {
    int kind = Character.getType(character);
    boolean isInvisible = Character.isISOControl(character) || kind == Character.FORMAT;
    boolean isBreak = kind == Character.LINE_SEPARATOR || kind == Character.PARAGRAPH_SEPARATOR;
    return isInvisible || isBreak || kind == Character.SURROGATE ? ' ' : character;
  }

  /** A text of at most so many columns, with dots at its end if it is wider. */
  String cut(String text, int most) {
    if (TextWidth.of(text) <= most) {
      return text;
    }
    return TextWidth.begin(text, Math.max(0, most - ellipsis().length())) + ellipsis();
  }
}
