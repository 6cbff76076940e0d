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
  private static final Duration BUSY = Duration.ofMillis(200);
  private static final Duration LIST_OF_PROJECTS = Duration.ofSeconds(1);

  private final List<EventClient> clients = new CopyOnWriteArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Pace pace;
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
    this.pace = new Pace(least);
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
    Duration rest = Duration.ZERO;
    while (!isStoppedAfter(rest)) {
      long begin = System.nanoTime();
      long listings = listings();
      boolean changed = lookOnce();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      rest = pace.rest(changed, took, listings() - listings);
    }
  }

  private long listings() {
    return query.requests().map(RequestCount::list).orElse(0L);
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
