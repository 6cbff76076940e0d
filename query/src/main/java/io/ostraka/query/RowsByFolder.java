package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.Lineage;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.query.runs.RunRow;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The rows of a project of a folder root, of which only the runs that may have changed are looked
 * into. For one thread.
 *
 * <p>A run that has ended changes only by a person's edit or by a new writer, and both are new
 * entries in its folder; so its row holds for as long as the time of that folder does. Where its
 * numbers are put together from shards, the folders of those count too.
 */
final class RowsByFolder implements RunRows.Rows {
  private final String project;
  private final ShardStore store;
  private final Catalog catalog;
  private final Snapshots snapshots;
  private final SingleRuns singles;
  private final RunSummaries summaries;
  private final StoredRows stored;
  private Map<String, Kept> kept = new HashMap<>();

  /**
   * A row that was made, and for how long it holds.
   *
   * @param folders the times of the folders that it rests on; none if it never holds
   */
  record Kept(RunRow row, Map<String, Instant> folders) {
    /** Whether all folders still have the times that they had. */
    boolean holds(Map<String, Instant> now) {
      return !folders.isEmpty()
          && folders.entrySet().stream()
              .allMatch(folder -> folder.getValue().equals(now.get(folder.getKey())));
    }

    /** Whether the times of all its folders are known. */
    boolean mayHold() {
      return !folders.isEmpty() && !folders.containsValue(Instant.MIN);
    }
  }

  RowsByFolder(
      String project,
      ShardStore store,
      Catalog catalog,
      Snapshots snapshots,
      SingleRuns singles,
      RunSummaries summaries) {
    this.project = project;
    this.store = store;
    this.catalog = catalog;
    this.snapshots = snapshots;
    this.singles = singles;
    this.summaries = summaries;
    this.stored = new StoredRows(project, store);
  }

  @Override
  public List<RunRow> now(long oldestNanos, Lost lost) throws IOException, SelectionChanged {
    stored.begin();
    List<RunKey> keys = catalog.runKeys(project);
    if (keys.isEmpty()) {
      snapshots.runs(project, 0); // Says that there is no such project.
    }
    // Before anything is listed: what changes from here on is seen as a change next time.
    Set<String> ofRuns = keys.stream().map(RunKey::prefix).collect(Collectors.toSet());
    Map<String, Instant> times = new HashMap<>(store.settledFolders(ofRuns));
    stored.take().forEach(kept::putIfAbsent);
    Set<String> within = foldersOfRows(keys);
    within.removeAll(ofRuns);
    if (!within.isEmpty()) {
      times.putAll(store.settledFolders(within));
    }
    Round round = new Round(times, lost);
    List<RunKey> others = new ArrayList<>();
    for (RunKey key : keys) {
      Kept before = kept.get(key.run());
      if (before != null && before.holds(times)) {
        round.rows.put(key.run(), before);
      } else {
        others.add(key);
      }
    }
    addOthers(others, round);
    kept = round.rows;
    stored.write(kept);
    return kept.values().stream().map(Kept::row).toList();
  }

  /** The folders that the rows of some runs rest on. */
  private Set<String> foldersOfRows(List<RunKey> keys) {
    Set<String> folders = new HashSet<>();
    for (RunKey key : keys) {
      Kept before = kept.get(key.run());
      if (before != null) {
        folders.addAll(before.folders().keySet());
      }
    }
    return folders;
  }

  private void addOthers(List<RunKey> others, Round round) throws IOException, SelectionChanged {
    Map<String, RunSnapshot> byId = new ConcurrentHashMap<>();
    others.parallelStream().forEach(key -> lookAt(key, byId, round));
    List<RunSnapshot> runs = List.copyOf(byId.values());
    List<String> parents =
        runs.stream()
            .flatMap(run -> run.card().forkRun().stream())
            .filter(parent -> !byId.containsKey(parent))
            .toList();
    for (RunSnapshot run : singles.withAncestors(project, parents, 0)) {
      byId.putIfAbsent(run.key().run(), run);
    }
    round.add(runs, byId);
  }

  /* Of a run whose row stands on its card nothing else is kept: most of a project has ended, and
   * ten thousand cards as trees take 200 MB. */
  private void lookAt(RunKey key, Map<String, RunSnapshot> others, Round round) {
    Optional<RunSnapshot> run = catalog.runOrProblem(key);
    if (run.isPresent() && round.addOfCard(run.get())) {
      catalog.forget(run.get());
    } else {
      run.ifPresent(other -> others.put(key.run(), other));
    }
  }

  /** The rows of one listing while they are put together; safe for threads. */
  private final class Round {
    private final Map<String, Instant> times;
    private final Lost lost;
    private final Map<String, Kept> rows = new ConcurrentHashMap<>();

    Round(Map<String, Instant> times, Lost lost) {
      this.times = times;
      this.lost = lost;
    }

    /** Adds the row of a run whose card has all of it; whether it has. */
    boolean addOfCard(RunSnapshot run) {
      if (run.card().forkRun().isPresent()) {
        return false;
      }
      Map<String, RunSnapshot> alone = Map.of(run.key().run(), run);
      Selection selection = selection(List.of(run), alone);
      Optional<Map<String, MetricSummary>> metrics = RunSummaries.onCard(selection);
      metrics.ifPresent(found -> add(run, found, selection.lost(0), alone));
      return metrics.isPresent();
    }

    /** Adds the rows of some runs. */
    void add(List<RunSnapshot> runs, Map<String, RunSnapshot> byId)
        throws IOException, SelectionChanged {
      Selection selection = selection(runs, byId);
      List<Map<String, MetricSummary>> metrics = summaries.ofEach(selection);
      for (int i = 0; i < runs.size(); i++) {
        add(runs.get(i), metrics.get(i), selection.lost(i), byId);
      }
    }

    private Selection selection(List<RunSnapshot> runs, Map<String, RunSnapshot> byId) {
      return new Selection(runs, byId, Stream.METRICS, null, lost);
    }

    private void add(
        RunSnapshot run,
        Map<String, MetricSummary> metrics,
        List<Problem> missing,
        Map<String, RunSnapshot> byId) {
      Set<String> folders = missing.isEmpty() ? restsOn(run, byId) : Set.of();
      RunRow row = RunRowMaker.row(run, metrics, missing);
      rows.put(run.key().run(), new Kept(row, timesOf(folders, times)));
    }
  }

  /** The folders whose times tell whether the row of a run is still right; none if none do. */
  private static Set<String> restsOn(RunSnapshot run, Map<String, RunSnapshot> byId) {
    List<Lineage.Ancestor> lineage = Lineage.of(run, byId);
    RunSnapshot oldest = lineage.get(lineage.size() - 1).run();
    boolean mayGrow = oldest.card().forkRun().isPresent();
    boolean isStill = run.writers().stream().allMatch(RowsByFolder::isStill);
    if (!isStill || mayGrow || !run.problems().isEmpty()) {
      return Set.of();
    }
    Set<String> folders = new HashSet<>();
    folders.add(run.key().prefix());
    boolean isAlone = run.writers().size() == 1 && lineage.size() == 1;
    if (isAlone && run.writers().get(0).card().hasMetrics()) {
      return folders;
    }
    for (Lineage.Ancestor ancestor : lineage) {
      folders.add(ancestor.run().key().prefix());
      ancestor.run().writers().forEach(writer -> addFolders(writer, folders));
    }
    return folders;
  }

  /* One that crashed shows in its folders when it is heard of again. */
  private static boolean isStill(WriterSnapshot writer) {
    return writer.state().hasEnded() || writer.state() == WriterState.CRASHED;
  }

  private static void addFolders(WriterSnapshot writer, Set<String> folders) {
    folders.add(writer.key().prefix());
    for (Stream stream : writer.shards().keySet()) {
      boolean counts = stream == Stream.METRICS || !writer.state().hasEnded();
      if (counts) {
        folders.add(writer.key().streamPrefix(stream.folder()));
      }
    }
  }

  /* A folder whose time was not asked for before the listing counts from the next time on. */
  private static Map<String, Instant> timesOf(Set<String> folders, Map<String, Instant> times) {
    return folders.stream()
        .collect(
            Collectors.toMap(folder -> folder, folder -> times.getOrDefault(folder, Instant.MIN)));
  }
}
