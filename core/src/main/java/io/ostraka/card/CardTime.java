package io.ostraka.card;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** The times of cards, which are ISO 8601 with an offset. */
final class CardTime {
  private static final String SHAPE = "0000-00-00T00:00:00";
  private static final int NANO_DIGITS = 9;

  private CardTime() {}

  /** Reads a time; nothing if the text is none. */
  static Optional<Instant> parse(String text) {
    try {
      Instant written = isWritten(text) ? ofDigits(text) : OffsetDateTime.parse(text).toInstant();
      return Optional.of(written);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /*
   * Whether a text is as our clients write it, in UTC: of ten thousand cards a general parser takes
   * longer to read the times than the JSON.
   */
  private static boolean isWritten(String text) {
    int end = text.length() - 1;
    int seconds = SHAPE.length();
    boolean hasFraction = end > seconds + 1 && end <= seconds + 1 + NANO_DIGITS;
    boolean isLong = end == seconds || (hasFraction && text.charAt(seconds) == '.');
    if (!isLong || text.charAt(end) != 'Z') {
      return false;
    }
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean isDigit = c >= '0' && c <= '9';
      char shape = i < seconds ? SHAPE.charAt(i) : i == seconds ? '.' : '0';
      if (shape == '0' ? !isDigit : c != shape) {
        return false;
      }
    }
    return true;
  }

  private static Instant ofDigits(String text) {
    int fraction = SHAPE.length() + 1;
    int nanos = 0;
    for (int i = fraction; i < fraction + NANO_DIGITS; i++) {
      nanos = 10 * nanos + (i < text.length() - 1 ? text.charAt(i) - '0' : 0);
    }
    return LocalDateTime.of(
            number(text, 0, 4),
            number(text, 5, 7),
            number(text, 8, 10),
            number(text, 11, 13),
            number(text, 14, 16),
            number(text, 17, 19),
            nanos)
        .toInstant(ZoneOffset.UTC);
  }

  private static int number(String text, int begin, int end) {
    int number = 0;
    for (int i = begin; i < end; i++) {
      number = 10 * number + (text.charAt(i) - '0');
    }
    return number;
  }
}
