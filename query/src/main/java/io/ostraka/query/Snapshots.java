package io.ostraka.query;

import io.ostraka.Stream;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.ProjectSnapshot;
import io.ostraka.catalog.RunSnapshot;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The runs of each project by a listing that is not older than asked for. Callers that come at the
 * same time share one listing. Where requests cost money, those who only ask share what the last
 * look of a follower took in. Safe for threads.
 */
final class Snapshots {
  /** A follower that has not looked for so long is gone. */
  private static final Duration FOLLOWED = Duration.ofMinutes(2);

  private static final Duration NAMED = Duration.ofSeconds(10);
  private static final int MOST_ABSENT = 100;
  private static final Duration JUST_NOW = Duration.ofSeconds(2);

  private final Catalog catalog;
  private final Optional<RequestBudget> budget;
  private final Lookers lookers = new Lookers(System::nanoTime);
  private final Map<String, Shared> projects = new ConcurrentHashMap<>();
  private volatile @Nullable String trouble;
  private volatile @Nullable Named named;

  /**
   * Snapshots of a catalog.
   *
   * @param budget how many requests those may make who follow; nothing where they cost nothing
   */
  Snapshots(Catalog catalog, Optional<RequestBudget> budget) {
    this.catalog = catalog;
    this.budget = budget;
  }

  /**
   * The runs of a project.
   *
   * @param oldestNanos how old the listing may be; 0 for one that begins after this call
   * @throws NoSuchFileException if there is no such project
   */
  List<RunSnapshot> runs(String project, long oldestNanos) throws IOException {
    Shared shared = projects.computeIfAbsent(project, name -> new Shared());
    return known(project, shared, shared.runs(project, oldestNanos, System.nanoTime()));
  }

  /**
   * The runs of a project by a new listing, with as many new shards as the budget allows.
   *
   * @throws NoSuchFileException if there is no such project
   */
  List<RunSnapshot> look(String project) throws IOException {
    Shared shared = projects.computeIfAbsent(project, name -> new Shared());
    return known(project, shared, shared.look(project));
  }

  /** Says that some runs are asked for. */
  void ask(Collection<RunSnapshot> runs, Stream stream) {
    if (budget.isPresent()) {
      lookers.ask(runs, stream);
    }
  }

  /** All projects. */
  List<ProjectSnapshot> projects() throws IOException {
    return listed(catalog::projects);
  }

  /** Why the last listing failed, nothing if it did not. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  private interface Listing<T> {
    T list() throws IOException;
  }

  private <T> T listed(Listing<T> listing) throws IOException {
    try {
      T found = listing.list();
      trouble = null;
      return found;
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
      throw e;
    }
  }

  private List<RunSnapshot> known(String project, Shared shared, List<RunSnapshot> runs)
      throws IOException {
    if (runs.isEmpty()) {
      if (budget.isEmpty() || projects.size() > MOST_ABSENT) {
        projects.remove(project, shared); // Else who asks again and again pays for no listing.
      }
      List<String> names = names();
      if (!names.contains(project)) {
        throw Unknown.project(project, names);
      }
    }
    return runs;
  }

  private List<String> names() throws IOException {
    Named known = named;
    long now = System.nanoTime();
    if (budget.isEmpty() || known == null || now - known.nanos() > NAMED.toNanos()) {
      known = new Named(projects().stream().map(ProjectSnapshot::name).toList(), now);
      named = known;
    }
    return known.names();
  }

  /** The names of all projects, to say of one that is not there which ones are. */
  private record Named(List<String> names, long nanos) {}

  private double left() {
    if (budget.isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    synchronized (budget.get()) {
      return budget.get().left();
    }
  }

  private final class Shared {
    private final Intake intake = new Intake();
    private volatile @Nullable Listed listed;
    private boolean isFollowed;

    List<RunSnapshot> runs(String project, long oldestNanos, long calledNanos) throws IOException {
      Listed known = listed; // A listing under way, or one that hangs, holds up nobody.
      if (known != null && known.isAtMost(oldestNanos, calledNanos)) {
        return known.runs();
      }
      synchronized (this) {
        known = listed;
        if (known == null || !known.isAtMost(oldestNanos, calledNanos)) {
          long now = System.nanoTime();
          known = new Listed(intake.everything(list(project)), now, false);
          listed = known;
          isFollowed = false;
        }
        return known.runs();
      }
    }

    synchronized List<RunSnapshot> look(String project) throws IOException {
      Listed before = listed;
      long now = System.nanoTime();
      boolean begins = !isFollowed;
      isFollowed = true;
      if (begins && before != null && before.isAtMost(JUST_NOW.toNanos(), now)) {
        return before.runs(); // By who begins to follow.
      }
      if (before != null) {
        listed = new Listed(before.runs(), now, true); // Goes on being shown, also if this fails.
      }
      Listed after = new Listed(intake.take(list(project), lookers::streams, left()), now, true);
      listed = after;
      return after.runs();
    }

    private List<RunSnapshot> list(String project) throws IOException {
      return listed(() -> catalog.runs(project));
    }
  }

  /** The runs of a project by a listing, and whether somebody lists them again and again. */
  private record Listed(List<RunSnapshot> runs, long nanos, boolean isFollowed) {
    boolean isAtMost(long oldestNanos, long calledNanos) {
      long oldest = isFollowed && oldestNanos > 0 ? FOLLOWED.toNanos() : oldestNanos;
      return nanos - (calledNanos - oldest) >= 0;
    }
  }
}
