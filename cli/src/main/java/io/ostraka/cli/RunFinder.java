package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.catalog.Catalog;
import io.ostraka.edit.DeletedRun;
import io.ostraka.edit.RunPurge;
import io.ostraka.query.filter.NearNames;
import io.ostraka.store.Fetchers;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds the run that a person means: by its id, by its name, by the first characters of its id, or
 * by any of these after the project's name and a slash.
 */
final class RunFinder {
  private static final int SHOWN = 4;

  private final ShardStore store;
  private final Catalog catalog;
  private final RunPurge purge;
  private final Optional<String> project;

  /** A run that may be meant. */
  private record Candidate(RunKey key, Optional<String> name) {
    boolean isNamed(String text) {
      return name.isPresent() && name.get().equals(text);
    }

    String shown() {
      String id = key.project() + "/" + key.run();
      return name.map(n -> n + " (" + id + ")").orElse(id);
    }
  }

  /** A way of meaning a run, the surest first. */
  private record Sense(Predicate<Candidate> means) {
    static List<Sense> of(String text) {
      return List.of(
          new Sense(candidate -> candidate.key().run().equals(text)),
          new Sense(candidate -> candidate.isNamed(text)),
          new Sense(candidate -> candidate.key().run().startsWith(text)));
    }
  }

  RunFinder(ShardStore store, Clock clock, Optional<String> project) {
    this(store, Catalog.toShow(store, Fetchers.none()), clock, project);
  }

  RunFinder(ShardStore store, Catalog catalog, Clock clock, Optional<String> project) {
    this.store = store;
    this.catalog = catalog;
    this.purge = new RunPurge(store, clock);
    this.project = project;
  }

  /**
   * Finds a run that people did not delete.
   *
   * @throws IOException if none or several can be meant, with those that may be
   */
  RunKey find(String text) throws IOException {
    List<Candidate> shown = shown();
    Optional<RunKey> found = theOne(text, shown);
    if (found.isPresent()) {
      return found.get();
    }
    Optional<RunKey> deleted = theOne(text, deletedCandidates());
    if (deleted.isPresent()) {
      throw new IOException(
          "Run %s is deleted; 'ostraka rm --undo %s' takes it back".formatted(text, text));
    }
    throw unknown("run", text, shown);
  }

  /**
   * Finds some runs; all that there are folders of, deleted ones too, where none is named.
   *
   * @throws IOException if a name is that of none or of several
   */
  List<RunKey> findOrAll(List<String> texts) throws IOException {
    List<RunKey> runs = new ArrayList<>();
    for (String text : texts) {
      runs.add(find(text));
    }
    if (texts.isEmpty()) {
      for (String name : projects()) {
        runs.addAll(catalog.runKeys(name));
      }
    }
    return runs;
  }

  /**
   * Finds a deleted run.
   *
   * @throws IOException if none or several can be meant
   */
  RunKey findDeleted(String text) throws IOException {
    List<Candidate> deleted = deletedCandidates();
    Optional<RunKey> found = theOne(text, deleted);
    if (found.isPresent()) {
      return found.get();
    }
    if (theOne(text, shown()).isPresent()) {
      throw new IOException("Run %s is not deleted".formatted(text));
    }
    throw unknown("deleted run", text, deleted);
  }

  /**
   * Finds a run, deleted or not.
   *
   * @throws IOException if none or several can be meant
   */
  RunKey findAny(String text) throws IOException {
    List<Candidate> all = new ArrayList<>(shown());
    all.addAll(deletedCandidates());
    Optional<RunKey> found = theOne(text, all);
    if (found.isEmpty()) {
      throw unknown("run", text, all);
    }
    return found.get();
  }

  /** The deleted runs, project by project. */
  List<DeletedRun> deleted() throws IOException {
    List<DeletedRun> deleted = new ArrayList<>();
    for (String name : projects()) {
      deleted.addAll(purge.deleted(name));
    }
    return deleted;
  }

  /** The projects to look in. */
  List<String> projects() throws IOException {
    List<String> projects = catalog.projectNames();
    if (project.isPresent() && !projects.contains(project.get())) {
      throw new NoSuchFileException(
          where(),
          null,
          "it has no project named " + project.get() + "; 'ostraka ls' lists the projects");
    }
    return project.map(List::of).orElse(projects);
  }

  private List<Candidate> shown() throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    for (String name : projects()) {
      catalog.runs(name).stream()
          .map(run -> new Candidate(run.key(), run.card().name()))
          .forEach(candidates::add);
    }
    return candidates;
  }

  private List<Candidate> deletedCandidates() throws IOException {
    return deleted().stream().map(run -> new Candidate(run.key(), run.name())).toList();
  }

  private Optional<RunKey> theOne(String text, List<Candidate> candidates) throws IOException {
    Optional<RunKey> found = theOneOf(text, text, candidates);
    // A name may hold slashes itself, so each of them may be the one after the project.
    for (int slash = text.indexOf('/');
        found.isEmpty() && slash > 0;
        slash = text.indexOf('/', slash + 1)) {
      String ofProject = text.substring(0, slash);
      List<Candidate> within =
          candidates.stream().filter(c -> c.key().project().equals(ofProject)).toList();
      found = theOneOf(text, text.substring(slash + 1), within);
    }
    return found;
  }

  private static Optional<RunKey> theOneOf(String said, String text, List<Candidate> candidates)
      throws IOException {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    for (Sense sense : Sense.of(text)) {
      List<Candidate> meant = candidates.stream().filter(sense.means()).toList();
      if (meant.size() > 1) {
        throw new IOException(
            "\"%s\" may be any of %d runs: %s; say more of the id, or project/id"
                .formatted(said, meant.size(), list(meant)));
      }
      if (meant.size() == 1) {
        return Optional.of(meant.get(0).key());
      }
    }
    return Optional.empty();
  }

  private IOException unknown(String what, String text, List<Candidate> candidates) {
    String where = where() + project.map(name -> ", project " + name).orElse("");
    String near =
        candidates.isEmpty()
            ? "there is none at all"
            : "the nearest are " + list(nearest(text, candidates));
    return new NoSuchFileException(
        where, null, "there is no %s \"%s\"; %s".formatted(what, text, near));
  }

  private String where() {
    boolean isFolder = "file".equals(store.root().getScheme());
    return isFolder ? Path.of(store.root()).toString() : store.root().toString();
  }

  private static List<Candidate> nearest(String text, List<Candidate> candidates) {
    return candidates.stream()
        .sorted(Comparator.comparingInt((Candidate candidate) -> distance(text, candidate)))
        .limit(SHOWN)
        .toList();
  }

  private static String list(List<Candidate> candidates) {
    String first =
        candidates.stream().limit(SHOWN).map(Candidate::shown).collect(Collectors.joining(", "));
    return candidates.size() > SHOWN ? first + ", …" : first;
  }

  private static int distance(String text, Candidate candidate) {
    int toId = NearNames.unlikeness(text, candidate.key().run());
    return candidate
        .name()
        .map(name -> Math.min(toId, NearNames.unlikeness(text, name)))
        .orElse(toId);
  }
}
