package io.ostraka.query.sql;

import java.lang.Character.UnicodeScript;
import java.util.Set;

/**
 * How many columns of a terminal texts take: two for a character of the East Asian scripts, a
 * fullwidth form or an emoji (Unicode Standard Annex #11), none for a mark that stands above or
 * below another character, one for every other.
 */
public final class TextWidth {
  private static final Set<UnicodeScript> WIDE =
      Set.of(
          UnicodeScript.BOPOMOFO,
          UnicodeScript.HAN,
          UnicodeScript.HANGUL,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.YI);

  /* Beyond this there are no wide characters, and most characters are below. */
  private static final int FIRST_WIDE = 0x1100;

  private TextWidth() {}

  /** The columns of a text without control characters. */
  public static int of(String text) {
    return text.codePoints().map(TextWidth::of).sum();
  }

  /** The longest beginning of a text that takes at most so many columns. */
  public static String begin(String text, int columns) {
    int end = 0;
    int taken = 0;
    while (end < text.length()) {
      int character = text.codePointAt(end);
      taken += of(character);
      if (taken > columns) {
        break;
      }
      end += Character.charCount(character);
    }
    return text.substring(0, end);
  }

  /** The longest end of a text that takes at most so many columns. */
  public static String end(String text, int columns) {
    int start = text.length();
    int taken = 0;
    while (start > 0) {
      int character = text.codePointBefore(start);
      taken += of(character);
      if (taken > columns) {
        break;
      }
      start -= Character.charCount(character);
    }
    return text.substring(start);
  }

  private static int of(int character) {
    int kind = Character.getType(character);
    if (kind == Character.NON_SPACING_MARK || kind == Character.ENCLOSING_MARK) {
      return 0;
    }
    return character >= FIRST_WIDE && isWide(character) ? 2 : 1;
  }

  private static boolean isWide(int character) {
    boolean isHalfwidthForm = character >= 0xff61 && character <= 0xffdc;
    boolean isFullwidthForm =
        (character >= 0xff01 && character <= 0xff60)
            || (character >= 0xffe0 && character <= 0xffe6);
    boolean isPunctuation = character >= 0x3000 && character <= 0x303e;
    boolean isEmoji = character >= 0x1f300 && character <= 0x1faff;
    return !isHalfwidthForm
        && (isFullwidthForm
            || isPunctuation
            || isEmoji
            || WIDE.contains(UnicodeScript.of(character)));
  }
}
