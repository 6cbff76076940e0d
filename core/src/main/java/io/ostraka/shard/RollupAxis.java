package io.ostraka.shard;

/** What the bins of a roll-up divide. */
public enum RollupAxis {
  /** Steps, in streams of which every row has one. */
  STEP("step", 1),
  /** Milliseconds since the epoch, UTC. */
  TIME("time", 1000);

  private final String text;
  private final long positionsPerUnit;

  RollupAxis(String text, long positionsPerUnit) {
    this.text = text;
    this.positionsPerUnit = positionsPerUnit;
  }

  /** What the column {@code axis} says. */
  public String text() {
    return text;
  }

  /** How many of the numbers that rows have (steps, microseconds) are one unit of a width. */
  long positionsPerUnit() {
    return positionsPerUnit;
  }
}
