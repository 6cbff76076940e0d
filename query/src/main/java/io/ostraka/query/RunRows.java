package io.ostraka.query;

import io.ostraka.catalog.Catalog;
import io.ostraka.query.runs.RunRow;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The runs of each project as rows, by a listing that is not older than asked for. Callers that
 * come at the same time share one.
 */
final class RunRows {
  /*
   * Each attempt leaves out shards found damaged, or lists again after one has vanished; see Query.
   */
  private static final int ATTEMPTS = 16;

  /* Of a project with so many runs that looking at them takes a while, rows may be this many times
   * older than that took, and never older than this. */
  private static final int COST_SHARE = 4;
  private static final long OLDEST_NANOS = 2_000_000_000L;
  private static final long LONG_AGO_NANOS = Duration.ofDays(1).toNanos();

  private final ShardStore store;
  private final Catalog catalog;
  private final Snapshots snapshots;
  private final SingleRuns singles;
  private final RunSummaries summaries;
  private final RunStates states = new RunStates();
  private final Map<String, Shared> projects = new ConcurrentHashMap<>();

  RunRows(
      ShardStore store,
      Catalog catalog,
      Snapshots snapshots,
      SingleRuns singles,
      RunSummaries summaries) {
    this.store = store;
    this.catalog = catalog;
    this.snapshots = snapshots;
    this.singles = singles;
    this.summaries = summaries;
  }

  /**
   * The rows of a project, in no order.
   *
   * @param oldestNanos how old the listing may be; 0 for one that begins after this call
   * @throws NoSuchFileException if there is no such project
   */
  List<RunRow> of(String project, long oldestNanos) throws IOException {
    Shared shared = projects.computeIfAbsent(project, this::shared);
    try {
      return shared.rows(oldestNanos);
    } catch (NoSuchFileException e) {
      projects.remove(project, shared);
      throw e;
    }
  }

  /**
   * The name of what the rows of a project are like; the same as long as they are. See {@link
   * RunStates}.
   *
   * @param oldestNanos how old the listing may be
   * @throws NoSuchFileException if there is no such project
   */
  String state(String project, long oldestNanos) throws IOException {
    of(project, oldestNanos);
    Shared shared = projects.get(project);
    return shared == null ? states.another() : shared.state();
  }

  private Shared shared(String project) {
    boolean isPaidFor = store.requests().isPresent();
    return new Shared(
        project,
        isPaidFor
            ? new RowsByListing(project, snapshots, summaries)
            : new RowsByFolder(project, store, catalog, snapshots, singles, summaries),
        states);
  }

  /** One way of finding out how the runs of a project are now, but for shards that are lost. */
  interface Rows {
    List<RunRow> now(long oldestNanos, Lost lost) throws IOException, SelectionChanged;
  }

  private static final class Shared {
    private final String project;
    private final Rows way;
    private final RunStates states;
    private List<RunRow> rows = List.of();
    private String state = "";
    private boolean listed;
    private long listedNanos;
    private long costNanos;

    Shared(String project, Rows way, RunStates states) {
      this.project = project;
      this.way = way;
      this.states = states;
    }

    synchronized String state() {
      return state;
    }

    synchronized List<RunRow> rows(long oldestNanos) throws IOException {
      long before = System.nanoTime();
      if (!listed || before - listedNanos > mayBeOld(oldestNanos)) {
        List<RunRow> now = read(oldestNanos);
        state = listed && now.equals(rows) ? state : states.another();
        rows = now;
        listedNanos = before;
        costNanos = System.nanoTime() - before;
        listed = true;
      }
      return rows;
    }

    private long mayBeOld(long oldestNanos) {
      boolean mustBeNow = oldestNanos == 0;
      return mustBeNow ? 0 : Math.max(oldestNanos, Math.min(COST_SHARE * costNanos, OLDEST_NANOS));
    }

    private List<RunRow> read(long oldestNanos) throws IOException {
      Lost lost = new Lost();
      long oldest = oldestNanos;
      int listings = 0;
      while (listings < ATTEMPTS) {
        try {
          return way.now(oldest, lost);
        } catch (SelectionChanged change) {
          lost.add(change);
          oldest = change.needsListing() ? 0 : LONG_AGO_NANOS;
          listings += change.needsListing() ? 1 : 0;
        }
      }
      throw new IOException(
          "The shards of project \"" + project + "\" change while they are read; ask again");
    }
  }
}
