package io.ostraka.viewer;

import com.sun.net.httpserver.HttpExchange;
import io.ostraka.query.Query;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events: tells each connected page what changed, so that it asks again.
 *
 * <p>Each client has a thread of its own, so that one that reads slowly, or not at all, holds up
 * nobody; there are at most {@value #MOST_CLIENTS}. A project is looked at only while somebody
 * watches it, once for all who do.
 */
final class Events implements AutoCloseable {
  static final int MOST_CLIENTS = 64;

  private final Query query;
  private final List<EventClient> clients = new ArrayList<>();
  private final Map<String, Watch> projects = new HashMap<>();
  private @Nullable Watch projectList;

  Events(Query query) {
    this.query = query;
  }

  /**
   * Keeps a connection and sends events on it from now on. Returns at once; the connection is
   * closed when the client has gone.
   *
   * @param project the project to watch, or null for the list of projects
   * @throws NoSuchFileException if there is no such project
   * @throws Refusal if there are too many clients
   */
  void connect(HttpExchange exchange, @Nullable String project) throws IOException, Refusal {
    if (project != null) {
      query.runs(project);
    }
    EventClient client = new EventClient(exchange);
    join(client, project);
    client.start(() -> leave(client, project));
  }

  /** How many clients are connected. */
  synchronized int clientCount() {
    return clients.size();
  }

  @Override
  public void close() {
    List<EventClient> all;
    synchronized (this) {
      all = List.copyOf(clients);
    }
    all.forEach(EventClient::stop);
  }

  private synchronized void join(EventClient client, @Nullable String project) throws Refusal {
    if (clients.size() >= MOST_CLIENTS) {
      throw Refusal.unavailable(
          MOST_CLIENTS + " pages listen for events already; close some of them");
    }
    clients.add(client);
    watch(project).add(client);
  }

  private synchronized void leave(EventClient client, @Nullable String project) {
    clients.remove(client);
    Watch watch = watch(project);
    watch.remove(client);
    if (watch.isEmpty()) {
      watch.stop();
      if (project == null) {
        projectList = null;
      } else {
        projects.remove(project);
      }
    }
  }

  private Watch watch(@Nullable String project) {
    if (project != null) {
      return projects.computeIfAbsent(project, name -> Watch.ofProject(query, name));
    }
    Watch watch = projectList == null ? Watch.ofProjects(query) : projectList;
    projectList = watch;
    return watch;
  }
}
