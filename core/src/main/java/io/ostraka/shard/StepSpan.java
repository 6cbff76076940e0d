package io.ostraka.shard;

/**
 * From which step to which one some rows go.
 *
 * @param least the least step
 * @param greatest the greatest step
 */
public record StepSpan(long least, long greatest) {
  /** The span of these and other rows together. */
  public StepSpan and(StepSpan other) {
    return new StepSpan(Math.min(least, other.least), Math.max(greatest, other.greatest));
  }
}
