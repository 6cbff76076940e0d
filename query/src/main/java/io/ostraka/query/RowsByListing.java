package io.ostraka.query;

import io.ostraka.Stream;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.query.runs.RunRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The rows of a project by listing it whole. For one thread. */
final class RowsByListing implements RunRows.Rows {
  private final String project;
  private final Snapshots snapshots;
  private final RunSummaries summaries;
  private Map<String, Made> made = Map.of();

  /** A row and what it was made of. */
  private record Made(RunSnapshot snapshot, boolean isAlone, RunRow row) {}

  RowsByListing(String project, Snapshots snapshots, RunSummaries summaries) {
    this.project = project;
    this.snapshots = snapshots;
    this.summaries = summaries;
  }

  @Override
  public List<RunRow> now(long oldestNanos, Lost lost) throws IOException, SelectionChanged {
    List<RunSnapshot> all = snapshots.runs(project, oldestNanos);
    Map<String, RunSnapshot> byId =
        all.stream().collect(Collectors.toMap(run -> run.key().run(), Function.identity()));
    Map<String, Made> now = new HashMap<>();
    List<RunSnapshot> others = new ArrayList<>();
    for (RunSnapshot run : all) {
      Made before = made.get(run.key().run());
      // Quick: a catalog hands out the same snapshot for as long as a run that has ended is so.
      if (before != null && before.isAlone() && before.snapshot().equals(run)) {
        now.put(run.key().run(), before);
      } else {
        others.add(run);
      }
    }
    Selection selection = new Selection(others, byId, Stream.METRICS, null, lost);
    List<Map<String, MetricSummary>> metrics = summaries.ofEach(selection);
    for (int i = 0; i < others.size(); i++) {
      RunSnapshot run = others.get(i);
      List<Problem> missing = selection.lost(i);
      boolean isAlone = run.card().forkRun().isEmpty() && missing.isEmpty();
      RunRow row = RunRowMaker.row(run, metrics.get(i), missing);
      now.put(run.key().run(), new Made(run, isAlone, row));
    }
    made = now;
    return now.values().stream().map(Made::row).toList();
  }
}
