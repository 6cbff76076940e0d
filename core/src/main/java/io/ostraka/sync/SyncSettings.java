package io.ostraka.sync;

import java.time.Clock;

/**
 * How to copy.
 *
 * @param jobs how many objects are on their way at a time
 * @param verify whether to compare by content what is there already
 * @param delete whether to remove at the target what it needs no more; see {@link Cleaner}
 * @param dryRun whether to change nothing and only tell what would be copied and removed
 * @param clock the wall clock
 */
public record SyncSettings(int jobs, boolean verify, boolean delete, boolean dryRun, Clock clock) {
  /** As many as keep a near bucket busy; each holds one connection and one file. */
  public static final int JOBS = 8;

  /** More than a store has connections. */
  public static final int MOST_JOBS = 64;

  /** Checks the number of jobs. */
  public SyncSettings {
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw new IllegalArgumentException(jobs + " jobs: give 1 to " + MOST_JOBS);
    }
  }
}
