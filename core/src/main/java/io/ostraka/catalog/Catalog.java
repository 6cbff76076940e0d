package io.ostraka.catalog;

import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import io.ostraka.shard.ShardFooter;
import io.ostraka.store.Fetchers;
import io.ostraka.store.Listing;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A root as its listing has it. Safe for threads; keeps what it read of cards and footers for as
 * long as they are listed, and reads no rows.
 *
 * <p>What cannot be read is a {@link Problem} of its run and the rest is shown; an {@link
 * IOException} is thrown only where nothing can be listed at all.
 */
public final class Catalog {
  private static final Comparator<ProjectSnapshot> LATEST_ACTIVITY_FIRST =
      Comparator.comparing((ProjectSnapshot p) -> p.lastActivity().orElse(Instant.MIN))
          .reversed()
          .thenComparing(ProjectSnapshot::name);

  private static final int MOST_RELISTINGS = 8;

  /**
   * What of a card may be large; the list of projects keeps a card of each ended writer without.
   */
  private static final Set<String> LARGE = Set.of("config", "summary", "metrics");

  private final ShardStore store;
  private final RunReader reader;
  private final Optional<Fetchers> fetchers;
  private final Map<WriterKey, WriterSnapshot> endedWriters = new ConcurrentHashMap<>();

  /** A catalog of what a store holds; it does not close the store. */
  public Catalog(ShardStore store) {
    this.store = store;
    this.reader = new RunReader(store, false);
    this.fetchers = Optional.empty();
  }

  private Catalog(ShardStore store, Fetchers fetchers) {
    this.store = store;
    this.reader = new RunReader(store, true);
    this.fetchers = Optional.of(fetchers);
  }

  /**
   * A catalog for whoever shows a root. Where each request costs time and money, footers of shards
   * are not read: who reads a shard's rows checks it ({@link #check}) and says so if it is damaged
   * ({@link #leaveOut}).
   *
   * @param fetchers read the cards of such a store
   */
  public static Catalog toShow(ShardStore store, Fetchers fetchers) {
    return store.requests().isPresent() ? new Catalog(store, fetchers) : new Catalog(store);
  }

  /**
   * The projects, those with the latest activity first. Lists folder names, and objects only of
   * writers that have not ended; shards are not looked into. A run whose folder cannot be listed
   * counts as one, and a project whose folder cannot be is one without runs.
   */
  public List<ProjectSnapshot> projects() throws IOException {
    if (fetchers.isPresent()) {
      return projectsByOneListing(fetchers.get());
    }
    List<ProjectSnapshot> projects = new ArrayList<>();
    for (String folder : store.listNames("")) {
      Optional<String> name = ListedRun.project(folder);
      if (name.isPresent()) {
        project(name.get()).ifPresent(projects::add);
      }
    }
    projects.sort(LATEST_ACTIVITY_FIRST);
    return projects;
  }

  /* A page of a listing has a thousand objects, and a run alone takes several requests to look at. */
  private List<ProjectSnapshot> projectsByOneListing(Fetchers readers) throws IOException {
    Listing listing = store.list("");
    Map<String, List<List<WriterSnapshot>>> projects = new TreeMap<>();
    for (RunSnapshot run : read(listing, readers)) {
      projects.computeIfAbsent(run.key().project(), name -> new ArrayList<>()).add(run.writers());
    }
    List<ProjectSnapshot> found = new ArrayList<>();
    projects.forEach((name, runs) -> found.add(project(name, runs)));
    found.sort(LATEST_ACTIVITY_FIRST);
    return found;
  }

  private static ProjectSnapshot project(String name, List<List<WriterSnapshot>> runs) {
    long running =
        runs.stream().filter(run -> WriterStates.ofRun(run) == WriterState.RUNNING).count();
    Optional<Instant> lastActivity =
        runs.stream()
            .flatMap(List::stream)
            .map(WriterSnapshot::lastActivity)
            .max(Comparator.naturalOrder());
    return new ProjectSnapshot(name, runs.size(), (int) running, lastActivity);
  }

  private List<RunSnapshot> read(Listing listing, Fetchers readers) throws IOException {
    List<ListedRun> listed = ListedRun.of(listing.objects());
    Map<StoredObject, RunReader.CardRead> cards =
        reader.readAhead(listed, listing.listedAt(), readers);
    List<RunSnapshot> runs = new ArrayList<>();
    for (ListedRun run : listed) {
      reader.read(run, listing.listedAt(), cards).ifPresent(runs::add);
    }
    return runs;
  }

  /**
   * Checks that a shard is the one that its name says, by its footer.
   *
   * @throws io.ostraka.ShardFormatException if it is not
   */
  public static void check(LiveShard shard, Stream stream, ShardFooter footer)
      throws ShardFormatException {
    Optional<WriterKey> writer = ListedRun.writerOf(shard.key());
    if (writer.isPresent()) {
      footer.check(writer.get(), stream, shard.name());
    }
  }

  /**
   * The runs of a project, the latest start first, by one listing; none if there is no such
   * project.
   *
   * @throws IllegalArgumentException if no project can have this name
   */
  public List<RunSnapshot> runs(String project) throws IOException {
    String prefix = RunKey.projectPrefix(project);
    Listing listing;
    try {
      listing = store.list(prefix);
    } catch (IOException e) {
      if (fetchers.isPresent()) {
        throw e;
      }
      return runsOneByOne(project, e);
    }
    List<RunSnapshot> runs =
        fetchers.isPresent() ? read(listing, fetchers.get()) : readOnAllProcessors(listing);
    reader.retain(prefix, listing.objects());
    return latestStartFirst(runs);
  }

  /* Of ten thousand runs, most of the time goes into reading their cards as JSON. */
  private List<RunSnapshot> readOnAllProcessors(Listing listing) throws IOException {
    try {
      return ListedRun.of(listing.objects()).parallelStream()
          .flatMap(run -> readUnchecked(run, listing.listedAt()).stream())
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Optional<RunSnapshot> readUnchecked(ListedRun run, Instant listedAt) {
    try {
      return read(run, listedAt);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /* A card's time is a text, which is read once for each run and not once for each comparison. */
  private static List<RunSnapshot> latestStartFirst(List<RunSnapshot> runs) {
    record Started(Instant at, RunSnapshot run) {}
    return runs.stream()
        .map(run -> new Started(run.card().startedAt().orElse(Instant.EPOCH), run))
        .sorted(
            Comparator.comparing(Started::at)
                .reversed()
                .thenComparing(started -> started.run().key()))
        .map(Started::run)
        .toList();
  }

  /**
   * The run of a project that people see under a name, the one with the latest start if there are
   * several. Reads as much as {@link #runs}.
   */
  public Optional<RunKey> latest(String project, String name) throws IOException {
    return runs(project).stream()
        .filter(run -> run.card().name().filter(name::equals).isPresent())
        .findFirst()
        .map(RunSnapshot::key);
  }

  /**
   * One run, by one listing of its prefix.
   *
   * @throws NoSuchFileException if there is no such run, or people deleted it
   * @throws IllegalArgumentException if no run can have this name
   */
  public RunSnapshot run(RunKey key) throws IOException {
    Listing listing = store.list(key.prefix());
    reader.retain(key.prefix(), listing.objects());
    for (ListedRun run : ListedRun.of(listing.objects())) {
      Optional<RunSnapshot> snapshot = read(run, listing.listedAt());
      if (snapshot.isPresent()) {
        return snapshot.get();
      }
    }
    throw new NoSuchFileException(
        store.root() + "/" + key.prefix(),
        null,
        "there is no run \"" + key.run() + "\" in project \"" + key.project() + "\"");
  }

  /**
   * The same, where a folder that cannot be listed is a run that says so.
   *
   * @return nothing if there is no such run, or people deleted it
   */
  public Optional<RunSnapshot> runOrProblem(RunKey key) {
    try {
      return Optional.of(run(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      Problem problem = new Problem(key.prefix(), String.valueOf(e.getMessage()));
      return Optional.of(
          new RunSnapshot(key, Card.empty(), WriterState.CRASHED, List.of(), List.of(problem)));
    }
  }

  /**
   * Forgets what was read of a run that has ended, for whoever needs no more of it; it is read
   * again when it is asked for. Of one with problems, which is looked at again and again, nothing
   * is forgotten.
   */
  public void forget(RunSnapshot run) {
    if (run.problems().isEmpty()) {
      reader.forget(run.key());
    }
  }

  /**
   * Leaves a shard out of later snapshots, since its footer is good and its rows cannot be read. It
   * covers nothing meanwhile, so shards that it was merged from are live again where they are still
   * there. After half a minute it is tried again, and less often each time that this is called for
   * it.
   *
   * @param message what to say of it: which, why, what to do
   */
  public void leaveOut(LiveShard shard, String message) {
    reader.leaveOut(shard, message);
  }

  /** The projects that there are folders of, by name, whether they have any runs or not. */
  public List<String> projectNames() throws IOException {
    return store.listNames("").stream().flatMap(f -> ListedRun.project(f).stream()).toList();
  }

  /** The runs that a project has folders of, by id, whether they have anything in them or not. */
  public List<RunKey> runKeys(String project) throws IOException {
    return runKeys(project, namesBelow(project));
  }

  static List<RunKey> runKeys(String project, List<String> names) {
    return names.stream()
        .flatMap(folder -> ListedRun.run(folder).stream())
        .map(run -> new RunKey(project, run))
        .toList();
  }

  /** The names directly below a project: its runs' folders and what is derived. */
  List<String> namesBelow(String project) throws IOException {
    return store.listNames(RunKey.projectPrefix(project));
  }

  /** The names directly below a run: its writers' folders and {@code meta.json}. */
  public List<String> namesBelow(RunKey run) throws IOException {
    return store.listNames(run.prefix());
  }

  /** How a run is doing, also if people deleted it; finished if it has no writers. */
  public WriterState state(RunKey run) throws IOException {
    return WriterStates.ofRun(writers(run, namesBelow(run)));
  }

  /** What changes with every edit of a run of the project. */
  String editMark(String project) throws IOException {
    return new String(store.read(RunKey.editMarkKey(project)), StandardCharsets.UTF_8);
  }

  /* A listed shard that is gone was most likely merged and removed: the listing of now has what
   * covers it. One that is gone again and again is left out, and the next listing tells more. */
  private Optional<RunSnapshot> read(ListedRun listed, Instant listedAt) throws IOException {
    ListedRun run = listed;
    Instant at = listedAt;
    for (int relisted = 0; ; relisted++) {
      boolean isLast = relisted == MOST_RELISTINGS;
      try {
        RunReader.Vanished vanished =
            isLast ? RunReader.Vanished.LEFT_OUT : RunReader.Vanished.REPORTED;
        return reader.read(run, at, vanished);
      } catch (ShardVanishedException e) {
        Listing again = store.list(run.key().prefix());
        List<ListedRun> now = ListedRun.of(again.objects());
        if (now.isEmpty()) {
          return Optional.empty();
        }
        run = now.get(0);
        at = again.listedAt();
      }
    }
  }

  /** The runs of a project that has a folder which cannot be listed; that run says so. */
  private List<RunSnapshot> runsOneByOne(String project, IOException cause) throws IOException {
    List<RunSnapshot> runs = new ArrayList<>();
    for (RunKey key : runKeys(project)) {
      runOrProblem(key).ifPresent(runs::add);
    }
    if (runs.isEmpty()) {
      throw cause;
    }
    return latestStartFirst(runs);
  }

  private Optional<ProjectSnapshot> project(String project) {
    List<RunKey> keys;
    try {
      keys = runKeys(project);
    } catch (IOException e) {
      return Optional.of(project(project, List.of())); // Whoever opens it is told why.
    }
    List<List<WriterSnapshot>> runs =
        keys.parallelStream().map(this::writersIfShown).flatMap(Optional::stream).toList();
    return runs.isEmpty() ? Optional.empty() : Optional.of(project(project, runs));
  }

  private Optional<List<WriterSnapshot>> writersIfShown(RunKey run) {
    try {
      List<String> names = namesBelow(run);
      boolean isDeleted = names.contains("meta.json") && isDeleted(run);
      List<WriterSnapshot> writers = isDeleted ? List.of() : writers(run, names);
      return Optional.of(writers).filter(found -> !found.isEmpty());
    } catch (IOException e) {
      return Optional.of(List.of()); // Whoever opens it is told why.
    }
  }

  /** The writers of a run without their shards. */
  private List<WriterSnapshot> writers(RunKey run, List<String> names) throws IOException {
    List<WriterSnapshot> writers = new ArrayList<>();
    for (String name : names) {
      Optional<WriterId> id = ListedRun.writer(name);
      if (id.isPresent()) {
        writer(new WriterKey(run, id.get())).ifPresent(writers::add);
      }
    }
    return writers;
  }

  private Optional<WriterSnapshot> writer(WriterKey key) throws IOException {
    WriterSnapshot ended = endedWriters.get(key);
    if (ended != null) {
      return Optional.of(ended); // Its end is created once and never changes.
    }
    if (store.listNames(key.prefix()).contains("end.json")) {
      Optional<WriterSnapshot> read = endedWriter(key);
      read.ifPresent(writer -> endedWriters.put(key, writer));
      if (read.isPresent()) {
        return read;
      }
    }
    Listing listing = store.list(key.prefix());
    ListedRun.ListedWriter writer = ListedRun.ListedWriter.of(key, listing.objects());
    if (!writer.isWriter()) {
      return Optional.empty();
    }
    Card card = reader.card(writer, listing.listedAt());
    WriterState state =
        WriterStates.ofWriter(
            writer.end().isPresent(), card, writer.lastActivity(), listing.listedAt());
    return Optional.of(new WriterSnapshot(key, card, state, writer.lastActivity(), Map.of()));
  }

  private Optional<WriterSnapshot> endedWriter(WriterKey key) {
    return readCard(key.endKey())
        .flatMap(
            card ->
                card.finishedAt()
                    .map(
                        end -> {
                          WriterState state = WriterStates.ofWriter(true, card, end, end);
                          Card slim = Card.ofOwn(card.fieldsWithout(LARGE));
                          return new WriterSnapshot(key, slim, state, end, Map.of());
                        }));
  }

  private boolean isDeleted(RunKey run) {
    return readCard(run.metaKey()).flatMap(Card::deletedAt).isPresent();
  }

  /** Reads a card, nothing if that is not possible; the list of runs says why. */
  private Optional<Card> readCard(String key) {
    try {
      return Optional.of(Card.parse(store.read(key)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
