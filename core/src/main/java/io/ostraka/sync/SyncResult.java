package io.ostraka.sync;

import io.ostraka.RunKey;
import io.ostraka.catalog.Problem;
import java.util.List;
import java.util.SortedMap;

/**
 * What a sync has done, or would do.
 *
 * @param runs how many runs the source has
 * @param copied what was copied of each run of which anything was
 * @param present how many objects the target had already
 * @param foreign how many objects of the source have no place in the layout and were left alone
 * @param removedObjects how many objects were removed at the target
 * @param removedRuns how many runs were removed at the target with all their objects
 * @param extra runs that the target has and the source has not
 * @param problems what was left out, by key
 */
public record SyncResult(
    int runs,
    SortedMap<RunKey, Copied> copied,
    int present,
    int foreign,
    int removedObjects,
    int removedRuns,
    List<RunKey> extra,
    List<Problem> problems) {
  /** What was copied in all. */
  public Copied all() {
    return copied.values().stream().reduce(new Copied(0, 0), Copied::plus);
  }

  /**
   * An amount of objects.
   *
   * @param objects how many
   * @param bytes how long they are together
   */
  public record Copied(int objects, long bytes) {
    Copied plus(Copied other) {
      return new Copied(objects + other.objects, bytes + other.bytes);
    }
  }
}
