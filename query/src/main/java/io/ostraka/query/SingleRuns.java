package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.RunSnapshot;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs of a folder root, each by a listing of its own, so that a chart of a few runs costs what
 * these have, however many are beside them. Callers that come at the same time share a listing.
 * Safe for threads.
 */
final class SingleRuns {
  private static final int MOST_KEPT = 10_000;

  private final Catalog catalog;
  private final Map<RunKey, Shared> runs = new ConcurrentHashMap<>();

  SingleRuns(Catalog catalog) {
    this.catalog = catalog;
  }

  /**
   * Some runs and those that they were forked from, each once. What is not there is left out.
   *
   * @param oldestNanos how old listings may be; 0 for such that begin after this call
   */
  List<RunSnapshot> withAncestors(String project, Collection<String> ids, long oldestNanos)
      throws IOException {
    long calledNanos = System.nanoTime();
    Map<String, RunSnapshot> byId = new HashMap<>();
    for (String id : ids) {
      Optional<String> next = Optional.of(id);
      while (next.isPresent() && !byId.containsKey(next.get())) {
        RunSnapshot run = runOrNull(project, next.get(), calledNanos - oldestNanos);
        if (run == null) {
          break;
        }
        byId.put(next.get(), run);
        next = run.card().forkRun();
      }
    }
    return new ArrayList<>(byId.values());
  }

  private @Nullable RunSnapshot runOrNull(String project, String id, long sinceNanos)
      throws IOException {
    RunKey key;
    try {
      key = new RunKey(project, id);
    } catch (IllegalArgumentException e) {
      return null; // What is asked for, or what a card names as its parent, can be no run.
    }
    if (runs.size() >= MOST_KEPT) {
      runs.clear();
    }
    Shared shared = runs.computeIfAbsent(key, k -> new Shared());
    try {
      return shared.run(key, sinceNanos);
    } catch (NoSuchFileException e) {
      runs.remove(key, shared);
      return null; // Deleted meanwhile, or never there.
    }
  }

  private final class Shared {
    private @Nullable RunSnapshot run;
    private long listedNanos;

    synchronized RunSnapshot run(RunKey key, long sinceNanos) throws IOException {
      RunSnapshot known = run;
      if (known != null && listedNanos - sinceNanos >= 0) {
        return known;
      }
      long now = System.nanoTime();
      RunSnapshot read = catalog.run(key);
      run = read;
      listedNanos = now;
      return read;
    }
  }
}
