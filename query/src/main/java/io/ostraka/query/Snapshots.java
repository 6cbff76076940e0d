package io.ostraka.query;

import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.ProjectSnapshot;
import io.ostraka.catalog.RunSnapshot;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The runs of each project by a listing that is not older than asked for. Callers that come at the
 * same time share one listing.
 */
final class Snapshots {
  private final Catalog catalog;
  private final Map<String, Shared> projects = new ConcurrentHashMap<>();

  Snapshots(Catalog catalog) {
    this.catalog = catalog;
  }

  /**
   * The runs of a project.
   *
   * @param oldestNanos how old the listing may be; 0 for one that begins after this call
   * @throws NoSuchFileException if there is no such project
   */
  List<RunSnapshot> runs(String project, long oldestNanos) throws IOException {
    Shared shared = projects.computeIfAbsent(project, name -> new Shared());
    List<RunSnapshot> runs = shared.runs(project, System.nanoTime() - oldestNanos);
    if (runs.isEmpty()) {
      projects.remove(project, shared);
      List<String> names = catalog.projects().stream().map(ProjectSnapshot::name).toList();
      if (!names.contains(project)) {
        throw Unknown.project(project, names);
      }
    }
    return runs;
  }

  private final class Shared {
    private List<RunSnapshot> runs = List.of();
    private boolean listed;
    private long listedNanos;

    synchronized List<RunSnapshot> runs(String project, long earliestNanos) throws IOException {
      if (!listed || listedNanos - earliestNanos < 0) {
        long now = System.nanoTime();
        runs = catalog.runs(project);
        listedNanos = now;
        listed = true;
      }
      return runs;
    }
  }
}
