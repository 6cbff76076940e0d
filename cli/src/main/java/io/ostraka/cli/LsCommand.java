package io.ostraka.cli;

import io.ostraka.Stream;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.ProjectSnapshot;
import io.ostraka.catalog.RunSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka ls}. */
@Command(
    name = "ls",
    description = "List the projects of a folder or a bucket, or the runs of one project.",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka ls                         the projects in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka ls ./ostraka-runs digits   the runs of the project digits, latest start first",
      "  ostraka ls --json | jq .           for programs"
    })
final class LsCommand implements Callable<Integer> {
  private final Surroundings here;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ROOT",
      description =
          "The folder or bucket with the runs. Not given: OSTRAKA_ROOT, else ./ostraka-runs.")
  private @Nullable String root;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PROJECT",
      description = "The project whose runs to list. Not given: list the projects.")
  private @Nullable String project;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean asJson;

  LsCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Root where = here.root(Optional.ofNullable(root));
    if (where.folder().isPresent() && !Files.exists(where.folder().get())) {
      throw new NoSuchFileException(
          where.shown(), null, "there are no runs; 'ostraka demo' or a script of yours makes some");
    }
    try (Stores stores = new Stores(here)) {
      list(where, new Catalog(stores.open(where)));
    }
    return 0;
  }

  private void list(Root where, Catalog catalog) throws IOException {
    if (project == null) {
      List<ProjectSnapshot> projects = catalog.projects();
      here.out().print(asJson ? SnapshotJson.projects(projects) : projectTable(projects));
      if (projects.isEmpty()) {
        here.err().println("No runs in " + where.shown());
      }
      return;
    }
    List<RunSnapshot> runs = catalog.runs(project);
    if (runs.isEmpty()) {
      throw new NoSuchFileException(
          where.shown(),
          null,
          "it has no project named " + project + "; 'ostraka ls' lists the projects");
    }
    here.out().print(asJson ? SnapshotJson.runs(project, runs) : runTable(runs));
    if (!asJson) {
      runs.stream()
          .flatMap(run -> run.problems().stream())
          .map(Problem::message)
          .forEach(here.err()::println);
    }
  }

  private String projectTable(List<ProjectSnapshot> projects) {
    TextTable table = new TextTable("PROJECT", "RUNS", "RUNNING", "LAST ACTIVITY");
    for (ProjectSnapshot found : projects) {
      table.row(
          found.name(),
          Integer.toString(found.runs()),
          Integer.toString(found.running()),
          ago(found.lastActivity()));
    }
    return table.toString();
  }

  private String runTable(List<RunSnapshot> runs) {
    TextTable table = new TextTable("RUN", "NAME", "STATE", "WRITERS", "STARTED", "POINTS");
    for (RunSnapshot run : runs) {
      table.row(
          run.key().run(),
          run.card().name().orElse(""),
          run.state().text(),
          Integer.toString(run.writers().size()),
          run.card().startedAt().map(this::ago).orElse(""),
          String.format(Locale.ROOT, "%,d", points(run)));
    }
    return table.toString();
  }

  private static long points(RunSnapshot run) {
    return run.writers().stream()
        .mapToLong(writer -> SnapshotJson.rows(writer, Stream.METRICS))
        .sum();
  }

  private String ago(Instant then) {
    Duration age = Duration.between(then, here.clock().instant());
    if (age.toMinutes() < 1) {
      return "just now";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + " min ago";
    }
    return age.toDays() < 2 ? age.toHours() + " h ago" : age.toDays() + " days ago";
  }
}
