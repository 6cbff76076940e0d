package io.ostraka.query;

import java.util.Optional;

/**
 * What runs from left to right in a chart. Positions are whole numbers: steps, or microseconds from
 * the axis' origin; bins and bounds of the two time axes are in milliseconds.
 */
public enum Axis {
  /** The step of a point. */
  STEP("step", 1),
  /** The time of a point since the epoch. */
  TIME("time", 1000),
  /** The time of a point since its run started. */
  RELATIVE("relative", 1000);

  private final String text;
  private final long positionsPerUnit;

  Axis(String text, long positionsPerUnit) {
    this.text = text;
    this.positionsPerUnit = positionsPerUnit;
  }

  /** The axis' name in requests and answers. */
  public String text() {
    return text;
  }

  /** The axis of a name, or nothing. */
  public static Optional<Axis> parse(String text) {
    for (Axis axis : values()) {
      if (axis.text.equals(text)) {
        return Optional.of(axis);
      }
    }
    return Optional.empty();
  }

  /** How many positions (steps or microseconds) are one unit (step or millisecond). */
  long positionsPerUnit() {
    return positionsPerUnit;
  }

  /** The unit that a position lies in: the step itself, or the millisecond. */
  long unitOf(long position) {
    return Math.floorDiv(position, positionsPerUnit);
  }
}
