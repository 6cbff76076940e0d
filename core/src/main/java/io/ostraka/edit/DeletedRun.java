package io.ostraka.edit;

import io.ostraka.RunKey;
import java.time.Instant;
import java.util.Optional;

/**
 * A run that a person deleted and whose objects are still there, some of them at least.
 *
 * @param key the run
 * @param name its name for people, if it has one that can be read
 * @param deletedAt when it was deleted
 * @param purging whether its objects are going for good, so that it cannot be taken back
 * @param objects how many objects it has left
 * @param sizeBytes how long they are together
 */
public record DeletedRun(
    RunKey key,
    Optional<String> name,
    Instant deletedAt,
    boolean purging,
    int objects,
    long sizeBytes) {
  /** From when on a purge removes it. */
  public Instant purgeableAt() {
    return deletedAt.plus(RunEdits.UNDO);
  }
}
