package io.ostraka.sync;

import io.ostraka.RunKey;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.WriterStates;
import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import io.ostraka.sync.SyncTask.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies runs from one root to another, one way. Doing it again copies what is new; after a stop or
 * a crash at any moment it goes on from there.
 *
 * <p>For one thread; {@link #stop} is for any.
 */
public final class Sync implements AutoCloseable {
  /*
   * Both sides are listed, what the target lacks is copied, and that is done again until a round
   * finds that nothing is missing of what the rounds before have copied. No state is kept but the
   * two listings, so a sync that died is no special case.
   *
   * A reader of the target is never shown less or more than a reader of the source may be shown:
   *  - of a writer comes its card first (it says whose points it takes the place of), then blobs,
   *    then the shards that the live rule leaves, then end.json;
   *  - end.json is copied by a round whose listing began after another one had listed it. A listing
   *    is not made at one moment: one that has end.json may lack a shard that came just before it.
   *    The listing after it has them all;
   *  - a shard that is gone when its turn comes was merged: the next listing has what covers it, and
   *    end.json waits for that;
   *  - what merged shards have covered is left where it is, or removed long after them (Cleaner).
   */
  private static final int MOST_ROUNDS = 20;

  /** Of so many runs each is listed by itself at the target. */
  private static final int FEW_RUNS = 5;

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** So many looks of a watch may fail in a row, a minute apart. */
  private static final int MOST_FAILED_LOOKS = 60;

  /** What a copy that died left half written is removed when it is so old. */
  private static final Duration STALE = Duration.ofHours(1);

  private final ShardStore source;
  private final ShardStore target;
  private final SyncSettings settings;
  private final SyncProgress progress;
  private final Known known = new Known();
  private final Tally tally = new Tally();
  private final Edits edits;
  private final Cleaner cleaner;
  private final Crew crew;

  private boolean hadRuns;
  private boolean targetHadRuns;
  private int runs;
  private int present;
  private int foreign;
  private List<RunKey> extra = List.of();

  /** Waits between two rounds of a watch. */
  public interface Pause {
    /** Waits for a while, or until something else ends it. */
    void take(Duration time) throws InterruptedException;
  }

  /** A sync from one root to another; closes neither store. */
  public Sync(ShardStore source, ShardStore target, SyncSettings settings, SyncProgress progress) {
    this.source = source;
    this.target = target;
    this.settings = settings;
    this.progress = progress;
    this.edits = new Edits(source, target, settings, known, tally);
    this.cleaner = new Cleaner(target, settings, known, tally);
    this.crew = new Crew(settings.jobs());
  }

  /**
   * Copies what is there.
   *
   * @throws SyncStoppedException if it was stopped
   * @throws IOException if a root cannot be listed, or the target not be written
   */
  public SyncResult run(SyncScope scope) throws IOException, InterruptedException {
    untilNothingIsLeft(scope);
    return result();
  }

  /**
   * Copies what is there and what comes, until no writer in the scope runs any more. Once it has
   * begun, a store that fails is tried again for about an hour.
   *
   * @param pause is told how long to wait between two looks
   * @throws SyncStoppedException if it was stopped
   * @throws IOException as {@link #run}
   */
  public SyncResult watch(SyncScope scope, Pause pause) throws IOException, InterruptedException {
    long listings = listings();
    int failed = 0;
    for (boolean running = untilNothingIsLeft(scope); running; ) {
      pause.take(failed > 0 ? LONGEST_PAUSE : restAfter(listings() - listings));
      listings = listings();
      try {
        running = untilNothingIsLeft(scope);
        failed = 0;
      } catch (SyncStoppedException e) {
        throw e;
      } catch (IOException e) {
        failed++;
        if (failed > MOST_FAILED_LOOKS) {
          throw e;
        }
        progress.failed(String.valueOf(e.getMessage()));
      }
    }
    return result();
  }

  /** Makes rounds until nothing is left to copy; returns whether a writer still runs. */
  private boolean untilNothingIsLeft(SyncScope scope) throws IOException, InterruptedException {
    for (int round = 1; ; round++) {
      crew.check();
      RootFiles from = RootFiles.list(source, scope.prefixes());
      List<String> prefixes = targetPrefixes(from, scope);
      RootFiles there = RootFiles.list(target, prefixes);
      hadRuns = checkMounted(source, from, hadRuns);
      targetHadRuns = checkMounted(target, there, targetHadRuns);
      removeUnfinished(prefixes, there.listedAt());
      if (!isAnyLeft(from, there, round == 1)) {
        clean(from, there, scope);
        return isAnyRunning(from);
      }
      if (round == MOST_ROUNDS) {
        throw new IOException(
            "Objects of %s vanish again and again between listing and copying; what is copied stays, sync again later"
                .formatted(source.root()));
      }
    }
  }

  /** A folder that had runs and is empty is a place where nothing is mounted any more. */
  private static boolean checkMounted(ShardStore store, RootFiles now, boolean hadRuns)
      throws IOException {
    if (hadRuns && now.runs().isEmpty() && store.listNames("").isEmpty()) {
      throw new IOException("Cannot use " + store.root() + ": its runs are gone; is it mounted?");
    }
    return hadRuns || !now.runs().isEmpty();
  }

  private void removeUnfinished(List<String> prefixes, Instant now) throws IOException {
    if (!settings.dryRun() && runs == 0) {
      for (String prefix : prefixes) {
        target.removeUnfinished(prefix, now.minus(STALE));
      }
    }
  }

  /**
   * Of a large target only the places of the source's runs are looked at, where that is cheaper.
   */
  private List<String> targetPrefixes(RootFiles from, SyncScope scope) {
    if (settings.delete() && scope.holdsAllRuns()) {
      return scope.prefixes();
    }
    Stream<RunKey> keys = from.runs().keySet().stream();
    return from.runs().size() <= FEW_RUNS
        ? keys.map(RunKey::prefix).toList()
        : keys.map(run -> RunKey.projectPrefix(run.project())).distinct().toList();
  }

  /** Makes a round; returns whether another one is needed. */
  private boolean isAnyLeft(RootFiles from, RootFiles there, boolean isFirst)
      throws IOException, InterruptedException {
    List<RunFiles> edited =
        from.runs().values().stream()
            .filter(run -> run.meta().isPresent() || there.run(run.key()).meta().isPresent())
            .toList();
    crew.run(edited, run -> edits.bring(run, there.run(run.key())));
    Plan plan = Plan.of(from, there, known, settings);
    if (runs == 0) {
      present = plan.present();
    }
    runs = from.runs().size();
    foreign = from.foreign();
    Copier copier = new Copier(source, target, settings, known, tally);
    for (Kind kind : Kind.values()) {
      List<SyncTask> tasks = plan.tasks(kind);
      progress.planned(
          tasks.size(), tasks.stream().mapToLong(task -> task.source().sizeBytes()).sum());
    }
    for (Kind kind : Kind.values()) {
      crew.run(
          plan.tasks(kind),
          task -> {
            copier.run(task);
            progress.done(task.source().sizeBytes());
          });
    }
    from.runs().values().stream()
        .flatMap(run -> run.writers().values().stream())
        .flatMap(writer -> writer.end().stream())
        .forEach(end -> known.ends.add(end.key()));
    boolean toSee = copier.anyWrittenAgain() || (isFirst && copier.anyWritten());
    return !settings.dryRun() && (copier.anyVanished() || plan.endsWait() || toSee);
  }

  private void clean(RootFiles from, RootFiles there, SyncScope scope)
      throws IOException, InterruptedException {
    if (!settings.delete()) {
      return;
    }
    cleaner.retire(from, there, crew);
    if (scope.holdsAllRuns() && !from.runs().isEmpty()) {
      extra = there.runs().keySet().stream().filter(run -> !from.runs().containsKey(run)).toList();
      extra = cleaner.purge(extra);
    }
  }

  private boolean isAnyRunning(RootFiles from) {
    return from.runs().values().stream()
        .filter(run -> !known.hidden.contains(run.key()))
        .flatMap(run -> run.writers().values().stream())
        .anyMatch(writer -> isRunning(writer, from.listedAt()));
  }

  private boolean isRunning(WriterFiles writer, Instant now) {
    Card card = known.cards.getOrDefault(writer.key(), Card.empty());
    WriterState state =
        WriterStates.ofWriter(writer.end().isPresent(), card, writer.lastActivity(), now);
    return state == WriterState.RUNNING || state == WriterState.STALLED;
  }

  /** About a listing a second, since in a bucket somebody pays for them. */
  private static Duration restAfter(long listings) {
    Duration rest = Duration.ofSeconds(listings);
    return rest.compareTo(SHORTEST_PAUSE) < 0
        ? SHORTEST_PAUSE
        : rest.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : rest;
  }

  private long listings() {
    return Stream.of(source, target)
        .flatMap(store -> store.requests().stream())
        .mapToLong(RequestCount::list)
        .sum();
  }

  /** What was done so far. */
  public SyncResult result() {
    return tally.result(runs, present, foreign, extra);
  }

  /** Ends the sync soon; what is being copied at this moment is copied. */
  public void stop() {
    crew.stop();
  }

  @Override
  public void close() {
    crew.close();
  }
}
