package io.ostraka.journal;

import java.time.Duration;

/**
 * How large a journal may become, and what happens then.
 *
 * @param journalBytes the bytes of a journal that may wait on disk
 * @param fullWait how long an append waits for room before it drops; once, then not again until
 *     there was room
 * @param segmentBytes where a segment ends; what the format says but in tests, which have many
 *     segments of a few kilobytes
 */
public record JournalLimits(long journalBytes, Duration fullWait, int segmentBytes) {
  private static final long MOST = 8L << 30;
  private static final Duration USUAL_WAIT = Duration.ofSeconds(10);

  /** Limits of a journal with segments as the format has them. */
  public JournalLimits(long journalBytes, Duration fullWait) {
    this(journalBytes, fullWait, JournalFormat.SEGMENT_BYTES);
  }

  /**
   * The usual limits: the smaller of 8 GiB and a quarter of what is free on the disk, and ten
   * seconds.
   */
  public static JournalLimits forDisk(long freeBytes) {
    return new JournalLimits(Math.min(MOST, freeBytes / 4), USUAL_WAIT);
  }
}
