package io.ostraka.viewer;

import io.ostraka.RunKey;
import io.ostraka.catalog.CatalogFollower;
import io.ostraka.catalog.ProjectSnapshot;
import io.ostraka.query.Query;
import io.ostraka.store.RequestCount;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks again and again whether something changed, on a thread of its own, and tells clients. */
final class Watch {
  /*
   * From log() to the pixel on the page within two seconds: the flush takes up to one, so looking
   * may take a fifth at most. Where nothing moves it may take longer, and where a look itself is slow
   * (a large or remote root), it takes a bounded share of a core. Where each request costs money, it
   * makes one a second on average.
   */
  private static final Duration BUSY = Duration.ofMillis(200);
  private static final Duration IDLE = Duration.ofMillis(500);
  private static final Duration LIST_OF_PROJECTS = Duration.ofSeconds(1);
  private static final int IDLE_AFTER_LOOKS = 50;
  private static final int REST_PER_LOOK = 5;
  private static final Duration PER_REQUEST = Duration.ofSeconds(1);

  private final List<EventClient> clients = new CopyOnWriteArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Duration least;
  private final Query query;
  private final Look look;

  private interface Look {
    /** Looks, and returns what to tell each client, or null if nothing changed. */
    @Nullable Change look() throws IOException;
  }

  private interface Change {
    void tell(EventClient client);
  }

  private Watch(String name, Duration least, Query query, Look look) {
    this.least = least;
    this.query = query;
    this.look = look;
    Thread thread = new Thread(this::run, "ostraka-watch-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Tells which runs of a project changed; at first every run. */
  static Watch ofProject(Query query, String project) {
    CatalogFollower follower = query.follower(project);
    return new Watch(
        project,
        BUSY,
        query,
        () -> {
          List<String> runs = follower.poll().stream().map(RunKey::run).toList();
          return runs.isEmpty() ? null : client -> client.runsChanged(project, runs);
        });
  }

  /** Tells when something in the list of projects changed. */
  static Watch ofProjects(Query query) {
    return new Watch("projects", LIST_OF_PROJECTS, query, new ProjectListLook(query));
  }

  void add(EventClient client) {
    clients.add(client);
  }

  void remove(EventClient client) {
    clients.remove(client);
  }

  boolean isEmpty() {
    return clients.isEmpty();
  }

  void stop() {
    stopped.countDown();
  }

  private void run() {
    int unchanged = 0;
    Duration rest = Duration.ZERO;
    while (!isStoppedAfter(rest)) {
      long begin = System.nanoTime();
      long requests = requests();
      boolean changed = lookOnce();
      unchanged = changed ? 0 : unchanged + 1;
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      Duration calm = unchanged < IDLE_AFTER_LOOKS ? BUSY : IDLE;
      Duration paid = PER_REQUEST.multipliedBy(requests() - requests);
      rest = greatest(least, calm, took.multipliedBy(REST_PER_LOOK), paid);
    }
  }

  private long requests() {
    return query.requests().map(RequestCount::total).orElse(0L);
  }

  private boolean lookOnce() {
    try {
      Change change = look.look();
      if (change != null) {
        clients.forEach(change::tell);
      }
      return change != null;
    } catch (IOException e) {
      return false; // The next look may succeed; a page that asks is told what is wrong.
    }
  }

  private boolean isStoppedAfter(Duration rest) {
    try {
      return stopped.await(rest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static Duration greatest(Duration... durations) {
    Duration greatest = Duration.ZERO;
    for (Duration one : durations) {
      greatest = one.compareTo(greatest) > 0 ? one : greatest;
    }
    return greatest;
  }

  private static final class ProjectListLook implements Look {
    private final Query query;
    private List<ProjectSnapshot> before = List.of();

    ProjectListLook(Query query) {
      this.query = query;
    }

    @Override
    public @Nullable Change look() throws IOException {
      List<ProjectSnapshot> now = query.projects();
      boolean changed = !now.equals(before);
      before = now;
      return changed ? EventClient::projectsChanged : null;
    }
  }
}
