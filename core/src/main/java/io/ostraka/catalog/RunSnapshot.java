package io.ostraka.catalog;

import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import java.util.List;
import java.util.OptionalLong;

/**
 * A run as it was a moment ago.
 *
 * @param key the run
 * @param card its writers' cards merged, people's edits on top; oldest first for the configuration
 * @param state how it is doing
 * @param writers all its writers, by id, and so by rank
 * @param problems what was left out
 */
public record RunSnapshot(
    RunKey key,
    Card card,
    WriterState state,
    List<WriterSnapshot> writers,
    List<Problem> problems) {
  /** Keeps its own copies. */
  public RunSnapshot {
    writers = List.copyOf(writers);
    problems = List.copyOf(problems);
  }

  /**
   * The step from which a writer's points are hidden since another resumed there, or nothing if
   * none did. Not for console, alerts, system, artifacts and blobs, which are shown whole.
   */
  public OptionalLong hiddenFrom(WriterId writer) {
    return writers.stream()
        .filter(other -> other.card().supersedes().contains(writer))
        .filter(other -> !other.key().writer().equals(writer))
        .mapToLong(other -> other.card().resumeStep().orElse(Long.MAX_VALUE))
        .min();
  }
}
