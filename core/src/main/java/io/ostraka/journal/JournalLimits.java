package io.ostraka.journal;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How much may wait in a spool, and what happens then.
 *
 * @param spoolBytes the bytes that all journals of the spool may take together; a journal's first
 *     megabyte is made whatever they take
 * @param fullWait how long an append waits for room before it drops; once, then not again until
 *     there was room
 * @param segmentBytes where a segment ends; what the format says but in tests, which have many
 *     segments of a few kilobytes
 * @param say takes one line for a person at a time: that points are dropped, that there is room
 *     again, each once
 */
public record JournalLimits(
    long spoolBytes, Duration fullWait, int segmentBytes, Consumer<String> say) {
  private static final long MOST = 8L << 30;

  /** How long an append waits unless somebody says otherwise. */
  public static final Duration USUAL_WAIT = Duration.ofSeconds(10);

  /** Limits of a journal with segments as the format has them, which says nothing. */
  public JournalLimits(long spoolBytes, Duration fullWait) {
    this(spoolBytes, fullWait, JournalFormat.SEGMENT_BYTES);
  }

  /** Limits of a journal which says nothing. */
  public JournalLimits(long spoolBytes, Duration fullWait, int segmentBytes) {
    this(spoolBytes, fullWait, segmentBytes, line -> {});
  }

  /** Limits of a journal with segments as the format has them. */
  public JournalLimits(long spoolBytes, Duration fullWait, Consumer<String> say) {
    this(spoolBytes, fullWait, JournalFormat.SEGMENT_BYTES, say);
  }

  /**
   * How much may wait in a spool unless somebody says otherwise: the smaller of 8 GiB and a quarter
   * of what was free before the spool took its part.
   */
  public static long usualSpoolBytes(long freeBytes, long usedBytes) {
    return Math.min(MOST, (freeBytes + usedBytes) / 4);
  }
}
