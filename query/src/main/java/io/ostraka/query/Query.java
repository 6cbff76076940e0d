package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.CatalogFollower;
import io.ostraka.catalog.Lineage;
import io.ostraka.catalog.ProjectSnapshot;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.query.sql.SqlSession;
import io.ostraka.query.sql.SqlSettings;
import io.ostraka.shard.RollupRule;
import io.ostraka.store.Fetchers;
import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers about everything below one root: projects, runs, metrics, series in bins, exact rows.
 *
 * <p>A shard that cannot be read is left out and named among the problems of each answer. So is one
 * that the store does not hand out just now, or that vanishes, in that answer alone; those who
 * follow are told to ask again. A name that nothing has is a {@link NoSuchFileException} whose
 * message says what comes near. Every other {@link IOException} means "try again, or say so".
 *
 * <p>Safe for any number of threads; a few queries run beside each other, others wait. The store
 * stays open when this is closed.
 */
public final class Query implements AutoCloseable {
  /*
   * Each attempt leaves out shards found damaged, or lists again after one has vanished. Covered
   * shards stay for a quarter of an hour, so twice is rare; where somebody removes them at once, a
   * query may come too late a few times.
   */
  private static final int ATTEMPTS = 16;

  /** Of a root whose listings cost money: whoever watches it lists it about so often. */
  private static final Duration PAID_FRESHNESS = Duration.ofSeconds(10);

  private static final Duration LONG_AGO = Duration.ofDays(1);

  private final ShardStore store;
  private final Database database;
  private final Catalog catalog;
  private final Snapshots snapshots;
  private final SingleRuns singles;
  private final Fetchers fetchers;
  private final ShardReader reader;
  private final SmallShards small;
  private final Rollups rollups;
  private final ShardSummaries summaries;
  private final RunSummaries runSummaries;
  private final RunTable table;
  private final RunStates states = new RunStates();
  private final Absence absence = new Absence(System::nanoTime);
  private final AskAgain askAgain = new AskAgain(System::nanoTime);
  private final long freshNanos;

  private Query(ShardStore store, QuerySettings settings, RollupRule rule, long pointsKept) {
    this.store = store;
    this.database = new Database(settings, Database.foldersOf(store));
    this.fetchers = isPaidFor() ? Fetchers.many() : Fetchers.none();
    this.catalog = Catalog.toShow(store, fetchers);
    this.snapshots = new Snapshots(catalog, store.requests().map(made -> budget(store)));
    this.singles = new SingleRuns(catalog);
    Copies copies = new Copies(store, fetchers, absence, isPaidFor());
    this.reader = new ShardReader(copies, database, catalog::leaveOut);
    this.small = new SmallShards(reader, pointsKept);
    this.rollups = new Rollups(store, fetchers, rule);
    this.summaries = new ShardSummaries(reader, small);
    this.runSummaries = new RunSummaries(reader, small);
    this.freshNanos = isPaidFor() ? PAID_FRESHNESS.toNanos() : settings.freshness().toNanos();
    this.table =
        new RunTable(new RunRows(store, catalog, snapshots, singles, runSummaries), freshNanos);
  }

  private static RequestBudget budget(ShardStore store) {
    return new RequestBudget(
        System::nanoTime, () -> store.requests().map(RequestCount::total).orElse(0L));
  }

  /** Opens queries over a store. DuckDB is loaded by {@link #prepare}, or when it is needed. */
  public static Query open(ShardStore store, QuerySettings settings) {
    return open(store, settings, RollupRule.usual(), SmallShards.USUALLY_KEPT);
  }

  /**
   * The same for roll-ups that were made by another rule.
   *
   * @param pointsKept how many points of small shards are kept; with 0 DuckDB reads these too
   */
  static Query open(ShardStore store, QuerySettings settings, RollupRule rule, long pointsKept) {
    return new Query(store, settings, rule, pointsKept);
  }

  /**
   * Begins to load DuckDB, if that was not begun, and returns at once: for whoever has answered
   * what came first and expects more.
   */
  public void prepare() {
    database.prepare();
  }

  /** Where the root is. */
  public URI root() {
    return store.root();
  }

  /** All projects. */
  public List<ProjectSnapshot> projects() throws IOException {
    return snapshots.projects();
  }

  /**
   * The runs of a project.
   *
   * @throws NoSuchFileException if there is no such project
   */
  public List<RunSnapshot> runs(String project) throws IOException {
    return snapshots.runs(project, freshNanos);
  }

  /** The runs of each project as rows of a table. */
  public RunTable table() {
    return table;
  }

  /** A follower that tells which runs of a project change, to be asked by one thread. */
  public CatalogFollower follower(String project) {
    return isPaidFor()
        ? CatalogFollower.ofListings(new Looks(project))
        : new CatalogFollower(catalog, project);
  }

  /** The requests that the store has made, where each of them costs money. */
  public Optional<RequestCount> requests() {
    return store.requests();
  }

  /** Why the store could not be listed when that was last tried, nothing if it could. */
  public Optional<String> trouble() {
    return snapshots.trouble();
  }

  private boolean isPaidFor() {
    return store.requests().isPresent();
  }

  /**
   * The metrics of some runs.
   *
   * @param runs run ids; none for all runs of the project
   * @param stream metrics or system
   */
  public MetricsAnswer metrics(String project, List<String> runs, Stream stream)
      throws IOException {
    if (!stream.isSeries()) {
      throw new IllegalArgumentException(
          "The stream " + stream.folder() + " holds no metrics; ask for metrics or system");
    }
    return answer(
        project,
        runs,
        stream,
        null,
        selection -> {
          return metrics(selection, summaries.load(selection.sources()));
        });
  }

  private static MetricsAnswer metrics(Selection selection, ShardSummaries.Loaded summaries) {
    Map<String, Found> found = new TreeMap<>();
    for (Source source : selection.sources()) {
      String run = selection.runs().get(selection.runOf(source.writer())).key().run();
      ShardSummary summary = summaries.of(source);
      List<String> names = summary.names();
      for (int i = 0; i < names.size(); i++) {
        found.computeIfAbsent(names.get(i), name -> new Found()).add(summary.entry(i), run);
      }
    }
    List<MetricsAnswer.Metric> metrics = new ArrayList<>(found.size());
    found.forEach((name, one) -> metrics.add(one.metric(name)));
    return new MetricsAnswer(metrics, selection.problems());
  }

  /** Lines of a chart in bins. */
  public SeriesAnswer series(SeriesRequest request) throws IOException {
    String project = request.project();
    return answer(
        project,
        request.runs(),
        request.stream(),
        null,
        selection -> {
          ShardSummaries.Loaded loaded = summaries.load(selection.sources());
          return request.isDerived()
              ? new DerivedQuery(request, selection, reader, loaded).run()
              : new SeriesQuery(request, selection, reader, small, rollups, loaded).run();
        });
  }

  /** Exact points, by step and row. */
  public Page<Point> points(PointsRequest request) throws IOException {
    String project = request.project();
    return answer(
        project,
        List.of(request.run()),
        request.stream(),
        request.writer(),
        selection -> {
          ShardSummaries.Loaded loaded = summaries.load(selection.sources());
          boolean relative = request.axis() == Axis.RELATIVE;
          long origin = relative ? selection.startMicros(0, loaded) : 0;
          return new RowQuery(selection, reader).points(request, loaded, origin);
        });
  }

  /** Each metric of a run in a few numbers, by name; at most 10,000 of them. */
  public Page<MetricSummary> summary(String project, String run) throws IOException {
    return answer(project, List.of(run), Stream.METRICS, null, runSummaries::of);
  }

  /** Console lines, the newest last. */
  public Page<ConsoleLine> console(ConsoleRequest request) throws IOException {
    String project = request.project();
    return answer(
        project,
        List.of(request.run()),
        Stream.CONSOLE,
        request.writer(),
        selection -> new RowQuery(selection, reader).console(request));
  }

  /** Logged texts, the newest last. */
  public Page<Text> texts(TextsRequest request) throws IOException {
    String project = request.project();
    return answer(
        project,
        List.of(request.run()),
        Stream.TEXTS,
        null,
        selection -> new RowQuery(selection, reader).texts(request));
  }

  /**
   * The name of what some runs are like at this moment. As long as it stays the same, so do the
   * answers to all questions about them; and no answer is older than a state told before it.
   *
   * @param wanted run ids; none for all runs of the project
   */
  public String state(String project, List<String> wanted) throws IOException {
    return state(project, wanted, freshNanos);
  }

  /** Likewise by the last listing that an answer was made from, without making another. */
  public String lastState(String project, List<String> wanted) throws IOException {
    return state(project, wanted, LONG_AGO.toNanos());
  }

  private String state(String project, List<String> wanted, long oldestNanos) throws IOException {
    List<RunSnapshot> all = listed(project, wanted, oldestNanos);
    if (wanted.isEmpty()) {
      return states.of(all);
    }
    Map<String, RunSnapshot> byId = byId(all);
    List<RunSnapshot> seen = new ArrayList<>();
    for (RunSnapshot run : chosen(project, byId, wanted)) {
      Lineage.of(run, byId).forEach(ancestor -> seen.add(ancestor.run()));
    }
    return states.of(seen);
  }

  /** Opens SQL over the same root, with limits of its own; the caller closes it. */
  public SqlSession openSql(SqlSettings settings) throws IOException {
    return SqlSession.open(store, settings);
  }

  /** How many summaries of shards are kept. */
  int summariesKept() {
    return summaries.size();
  }

  @Override
  public void close() {
    fetchers.close();
    database.close();
  }

  private interface Answer<T> {
    T of(Selection selection) throws IOException, SelectionChanged;
  }

  private <T> T answer(
      String project,
      List<String> wanted,
      Stream stream,
      @Nullable WriterId writer,
      Answer<T> answer)
      throws IOException {
    Lost lost = new Lost();
    long oldestNanos = freshNanos;
    int listings = 0;
    while (listings < ATTEMPTS) {
      List<RunSnapshot> all = listed(project, wanted, oldestNanos);
      Map<String, RunSnapshot> byId = byId(all);
      List<RunSnapshot> runs = wanted.isEmpty() ? all : chosen(project, byId, wanted);
      Selection selection = new Selection(runs, byId, stream, writer, lost);
      snapshots.ask(runs, stream);
      if (writer != null && selection.writerCount() == 0) {
        throw Unknown.writer(writer.text(), writerNames(runs));
      }
      try {
        T made = answer.of(selection);
        if (selection.isIncomplete()) {
          states.disturb(runs);
          askAgain.note(runs);
        }
        return made;
      } catch (SelectionChanged change) {
        lost.add(change);
        oldestNanos = change.needsListing() ? 0 : LONG_AGO.toNanos();
        listings += change.needsListing() ? 1 : 0;
      } catch (UnknownNameException e) {
        Optional<String> why = lost.whyWithheld();
        throw why.isEmpty() ? e : new IOException(why.get(), e); // It may be in what is missing.
      }
    }
    throw new IOException(
        "The shards of project \"" + project + "\" change while they are read; ask again");
  }

  /* Those that are wanted and their ancestors; all runs if all are wanted, if a listing is paid for
   * whatever it is of, or if something is wrong with those that are wanted. */
  private List<RunSnapshot> listed(String project, List<String> wanted, long oldestNanos)
      throws IOException {
    if (!wanted.isEmpty() && !isPaidFor()) {
      try {
        List<RunSnapshot> some = singles.withAncestors(project, wanted, oldestNanos);
        if (byId(some).keySet().containsAll(wanted)) {
          return some;
        }
      } catch (IOException e) {
        return snapshots.runs(project, oldestNanos); // Shows what can be shown, or says why not.
      }
    }
    return snapshots.runs(project, oldestNanos);
  }

  private static Map<String, RunSnapshot> byId(List<RunSnapshot> runs) {
    return runs.stream().collect(Collectors.toMap(run -> run.key().run(), Function.identity()));
  }

  private static List<RunSnapshot> chosen(
      String project, Map<String, RunSnapshot> byId, List<String> wanted) throws IOException {
    List<RunSnapshot> chosen = new ArrayList<>();
    for (String id : wanted.stream().distinct().toList()) {
      RunSnapshot run = byId.get(id);
      if (run == null) {
        throw Unknown.run(project, id, byId.keySet());
      }
      chosen.add(run);
    }
    return chosen;
  }

  private static List<String> writerNames(List<RunSnapshot> runs) {
    return runs.stream()
        .flatMap(run -> run.writers().stream())
        .map(writer -> writer.key().writer().text())
        .toList();
  }

  /** Listings for one who follows, who is told too what could not be told whole. */
  private final class Looks implements CatalogFollower.Listing {
    private final String project;

    Looks(String project) {
      this.project = project;
    }

    @Override
    public List<RunSnapshot> runs() throws IOException {
      return snapshots.look(project);
    }

    @Override
    public Set<RunKey> changedBesides() {
      absence.asked(null); // It was listed just now.
      return askAgain.due(project);
    }
  }

  /** One metric while it is being added up. */
  private static final class Found {
    private long count;
    private @Nullable Extent steps;
    private final List<String> runs = new ArrayList<>();

    void add(ShardSummary.Entry entry, String run) {
      count += entry.count();
      steps = Extent.union(steps, entry.steps());
      boolean known = !runs.isEmpty() && runs.get(runs.size() - 1).equals(run);
      if (!known) {
        runs.add(run);
      }
    }

    MetricsAnswer.Metric metric(String name) {
      return new MetricsAnswer.Metric(name, count, steps, runs);
    }
  }
}
