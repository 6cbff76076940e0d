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
import java.util.Set;
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
  /** With more runs than this to look into, and a quarter of all, one listing of all is cheaper. */
  private static final int FEW = 64;

  private static final int PART = 4;

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
    Map<String, Kept> now = new HashMap<>();
    List<RunKey> others = new ArrayList<>();
    for (RunKey key : keys) {
      Kept before = kept.get(key.run());
      if (before != null && before.holds(times)) {
        now.put(key.run(), before);
      } else {
        others.add(key);
      }
    }
    addOthers(others, keys.size(), times, now, lost);
    kept = now;
    stored.write(now);
    return now.values().stream().map(Kept::row).toList();
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

  private void addOthers(
      List<RunKey> others, int all, Map<String, Instant> times, Map<String, Kept> now, Lost lost)
      throws IOException, SelectionChanged {
    boolean areMany = others.size() > FEW && others.size() > all / PART;
    List<RunSnapshot> listed =
        areMany
            ? snapshots.runs(project, 0)
            : singles.withAncestors(project, others.stream().map(RunKey::run).toList(), 0);
    Map<String, RunSnapshot> byId = new HashMap<>();
    listed.forEach(run -> byId.put(run.key().run(), run));
    List<RunSnapshot> runs = new ArrayList<>();
    for (RunKey key : others) {
      RunSnapshot run = byId.get(key.run());
      if (run != null) {
        runs.add(run);
      }
    }
    Selection selection = new Selection(runs, byId, Stream.METRICS, null, lost);
    List<Map<String, MetricSummary>> metrics = summaries.ofEach(selection);
    for (int i = 0; i < runs.size(); i++) {
      RunSnapshot run = runs.get(i);
      List<Problem> missing = selection.lost(i);
      RunRow row = RunRowMaker.row(run, metrics.get(i), missing);
      Set<String> folders = missing.isEmpty() ? restsOn(run, byId) : Set.of();
      now.put(run.key().run(), new Kept(row, timesOf(folders, times)));
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
    if (isAlone && run.writers().get(0).card().metrics().isPresent()) {
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
