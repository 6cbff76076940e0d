package io.ostraka.shard;

/**
 * What of a shard is worth rolling up. Whoever reads a roll-up takes what is in it, so another rule
 * changes how fast an answer is, and never the answer.
 *
 * @param leastPoints a metric of fewer points in the shard has no roll-up; at least 1
 * @param pointsPerBin how many points the finest bins of a metric have on average at least, which
 *     bounds what a roll-up takes; at least 1
 * @param mostBins how many of the finest bins a metric has at most, which bounds the memory of who
 *     makes them; at least 1
 */
public record RollupRule(int leastPoints, int pointsPerBin, int mostBins) {
  /*
   * 64 points take 200 to 500 bytes, a bin 20 to 30 on each axis. An answer has at most 10,000
   * bins: who looks at a part of a shard that has fewer of them than that is quick by its rows.
   */
  private static final RollupRule USUAL = new RollupRule(4096, 64, 1 << 15);

  /** Checks each number. */
  public RollupRule {
    if (leastPoints < 1 || pointsPerBin < 1 || mostBins < 1) {
      throw new IllegalArgumentException(
          "leastPoints = %d, pointsPerBin = %d and mostBins = %d have to be at least 1"
              .formatted(leastPoints, pointsPerBin, mostBins));
    }
  }

  /** The rule of everyone but tests. */
  public static RollupRule usual() {
    return USUAL;
  }
}
