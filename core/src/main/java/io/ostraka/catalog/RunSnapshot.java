package io.ostraka.catalog;

import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** The least step at which a writer of this run continued others, or nothing if none did. */
  OptionalLong rewoundTo() {
    return continued().values().stream().mapToLong(Continued::fromStep).min();
  }

  /** Those of its writers that others continue, and how. A continued writer may be gone. */
  public Map<WriterId, Continued> continued() {
    Map<WriterId, Continued> continued = new HashMap<>();
    for (WriterSnapshot writer : writers) {
      long fromStep = writer.card().resumeStep().orElse(Long.MAX_VALUE);
      for (WriterId older : writer.card().supersedes()) {
        if (!older.equals(writer.key().writer())) {
          continued.merge(older, new Continued(fromStep, 1), Continued::and);
        }
      }
    }
    return continued;
  }

  /**
   * That others continue a writer.
   *
   * @param fromStep the writer's points of this step and greater ones are hidden, in streams where
   *     every row has a step
   * @param by how many continue it, directly or one after the other: the more, the older it is
   */
  public record Continued(long fromStep, int by) {
    Continued and(Continued other) {
      return new Continued(Math.min(fromStep, other.fromStep), by + other.by);
    }
  }
}
