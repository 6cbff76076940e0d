package io.ostraka.sync;

import io.ostraka.RunKey;
import io.ostraka.catalog.Problem;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts what was done. Safe for threads. */
final class Tally {
  private final SortedMap<RunKey, SyncResult.Copied> copied = new TreeMap<>();
  private final SortedMap<String, Problem> problems = new TreeMap<>();
  private int present;
  private int removedObjects;
  private int removedRuns;

  synchronized void copied(RunKey run, long bytes) {
    copied.merge(run, new SyncResult.Copied(1, bytes), SyncResult.Copied::plus);
  }

  synchronized void present() {
    present++;
  }

  synchronized void removed() {
    removedObjects++;
  }

  synchronized void removedRun(int objects) {
    removedRuns++;
    removedObjects += objects;
  }

  /** Something is left out. */
  synchronized void problem(String key, String message) {
    problems.put(key, new Problem(key, message));
  }

  /** It was left out, and no longer is. */
  synchronized void solved(String key) {
    problems.remove(key);
  }

  synchronized SyncResult result(int runs, int planned, int foreign, List<RunKey> extra) {
    return new SyncResult(
        runs,
        new TreeMap<>(copied),
        planned + present,
        foreign,
        removedObjects,
        removedRuns,
        extra,
        List.copyOf(problems.values()));
  }
}
