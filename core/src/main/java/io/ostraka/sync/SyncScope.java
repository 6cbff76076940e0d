package io.ostraka.sync;

import io.ostraka.RunKey;
import java.util.List;
import java.util.Optional;

/**
 * What to copy: everything, one project, or some runs.
 *
 * @param project the only project; empty for all
 * @param runs the only runs; empty for all of the project or of the root
 */
public record SyncScope(Optional<String> project, List<RunKey> runs) {
  /** The whole root. */
  public static final SyncScope ALL = new SyncScope(Optional.empty(), List.of());

  /** Keeps its own copy. */
  public SyncScope {
    runs = List.copyOf(runs);
  }

  /** The prefixes to list. */
  List<String> prefixes() {
    return runs.isEmpty()
        ? List.of(project.map(RunKey::projectPrefix).orElse(""))
        : runs.stream().map(RunKey::prefix).distinct().sorted().toList();
  }

  /** Whether a run that is listed nowhere below the prefixes is known to be absent. */
  boolean holdsAllRuns() {
    return runs.isEmpty();
  }
}
