package io.ostraka.query;

/**
 * What else is wanted of the lines of a chart.
 *
 * @param exact whether a line that has at most as many points as there may be bins is given as
 *     these points
 * @param lastOfRepeats whether of several values of a rank at one step only the last counts
 */
public record SeriesOptions(boolean exact, boolean lastOfRepeats) {
  private static final SeriesOptions PLAIN = new SeriesOptions(false, false);

  /** Bins of everything. */
  public static SeriesOptions plain() {
    return PLAIN;
  }

  /** Whether bins are made of all values as they were logged. */
  boolean readsEveryValue() {
    return !lastOfRepeats;
  }
}
