package io.ostraka;

import java.util.Locale;
import java.util.Optional;

/**
 * The range of row numbers that a shard holds, which is also its file name.
 *
 * @param first the first row number, inclusive
 * @param last the last row number, inclusive
 */
public record ShardName(long first, long last) implements Comparable<ShardName> {
  private static final int DIGITS = 12;
  private static final String ENDING = ".parquet";
  private static final long ROW_LIMIT = 1_000_000_000_000L;

  /** Checks that the range is a range. */
  public ShardName {
    if (first < 0 || last >= ROW_LIMIT) {
      throw new IllegalArgumentException("Rows " + first + " to " + last + " do not fit 12 digits");
    }
    if (last < first) {
      throw new IllegalArgumentException("A shard of rows " + first + " to " + last + " is empty");
    }
  }

  /** Reads a file name, or says that it is not a shard's (which a reader ignores). */
  public static Optional<ShardName> parse(String fileName) {
    boolean isShaped =
        fileName.length() == 2 * DIGITS + 1 + ENDING.length()
            && fileName.charAt(DIGITS) == '-'
            && fileName.endsWith(ENDING);
    long first = isShaped ? row(fileName, 0) : -1;
    long last = isShaped ? row(fileName, DIGITS + 1) : -1;
    boolean isRange = first >= 0 && last >= first;
    return isRange ? Optional.of(new ShardName(first, last)) : Optional.empty();
  }

  /* The row number whose digits begin at a place; -1 if others than digits are among them. */
  private static long row(String fileName, int begin) {
    long row = 0;
    for (int i = begin; i < begin + DIGITS; i++) {
      char c = fileName.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      row = 10 * row + (c - '0');
    }
    return row;
  }

  /** The number of rows that the shard holds, at least one. */
  public long rows() {
    return last - first + 1;
  }

  /** Whether every row of {@code other} is one of this shard's. */
  public boolean covers(ShardName other) {
    return first <= other.first && other.last <= last;
  }

  /** The file name, of which text order is number order. */
  public String format() {
    return String.format(Locale.ROOT, "%012d-%012d.parquet", first, last);
  }

  /**
   * By first row ascending, then by last row descending: a covering shard comes before what it
   * covers.
   */
  @Override
  public int compareTo(ShardName other) {
    int byFirst = Long.compare(first, other.first);
    return byFirst != 0 ? byFirst : Long.compare(other.last, last);
  }

  @Override
  public String toString() {
    return format();
  }
}
