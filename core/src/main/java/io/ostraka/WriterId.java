package io.ostraka;

import java.util.HexFormat;
import java.util.Locale;

/**
 * The name of one process logging to one run: {@code r}, the rank in six digits, {@code -}, and 16
 * random hex digits.
 *
 * @param text the whole id, for example {@code r000003-9f1c0a77d2e4b581}
 */
public record WriterId(String text) implements Comparable<WriterId> {
  private static final int LENGTH = 24;
  private static final int DASH = 7;
  private static final int RANK_LIMIT = 1_000_000;

  /** Checks the shape of the id. */
  public WriterId {
    if (!isWriterId(text)) {
      throw new IllegalArgumentException(
          "Not a writer id: \"" + text + "\"; expected r, six digits, -, 16 lower-case hex digits");
    }
  }

  /** Whether a text has the shape of a writer id. */
  public static boolean isWriterId(String text) {
    if (text.length() != LENGTH || text.charAt(0) != 'r' || text.charAt(DASH) != '-') {
      return false;
    }
    for (int i = 1; i < LENGTH; i++) {
      char c = text.charAt(i);
      boolean isDigit = c >= '0' && c <= '9';
      boolean isLetter = i > DASH && c >= 'a' && c <= 'f';
      if (!isDigit && !isLetter && i != DASH) {
        return false;
      }
    }
    return true;
  }

  /**
   * The id of a rank with the given random part.
   *
   * @param rank 0 to 999,999
   * @param random 64 bits from the operating system's random source
   */
  public static WriterId of(int rank, long random) {
    if (rank < 0 || rank >= RANK_LIMIT) {
      throw new IllegalArgumentException("Rank " + rank + " is outside 0 to " + (RANK_LIMIT - 1));
    }
    return new WriterId(
        String.format(Locale.ROOT, "r%06d-%s", rank, HexFormat.of().toHexDigits(random)));
  }

  /** The rank within the run, from 0. */
  public int rank() {
    return Integer.parseInt(text.substring(1, 7));
  }

  @Override
  public int compareTo(WriterId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
