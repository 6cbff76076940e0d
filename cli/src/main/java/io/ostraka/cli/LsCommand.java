package io.ostraka.cli;

import io.ostraka.Stream;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.ProjectSnapshot;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.store.Fetchers;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
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
      "  ostraka ls . digits --filter 'config.lr < 0.01 and state = finished' \\",
      "    --sort=-summary.val/accuracy.max --limit 10   docs/filters.md has the words",
      "  ostraka ls --json | jq .           for programs"
    })
final class LsCommand implements Callable<Integer> {
  private static final List<String> HEADINGS =
      List.of("RUN", "NAME", "STATE", "WRITERS", "STARTED", "POINTS");

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

  @Option(
      names = "--filter",
      paramLabel = "EXPRESSION",
      description = "Only runs that match, such as 'state = running and config.lr < 0.1'.")
  private @Nullable String filter;

  @Option(
      names = "--sort",
      paramLabel = "FIELDS",
      description = "In this order: fields with commas between them, -FIELD the greatest first.")
  private @Nullable String sort;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many runs.")
  private @Nullable Integer limit;

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
    try (Stores stores = new Stores(here);
        Fetchers fetchers = Fetchers.many()) {
      ShardStore store = stores.open(where);
      if (filter == null && sort == null && limit == null) {
        list(where, Catalog.toShow(store, fetchers));
      } else {
        listChosen(store);
      }
    }
    return 0;
  }

  private void listChosen(ShardStore store) throws IOException {
    if (project == null) {
      throw new WrongCall("--filter, --sort and --limit choose runs; name their PROJECT too");
    }
    ChosenRuns chosen = chosen(project);
    try (Query query = Query.open(store, QuerySettings.defaults())) {
      ChosenRuns.Found found = chosen.find(query, new Catalog(store));
      here.out().print(asJson ? SnapshotJson.runs(project, found.runs()) : table(chosen, found));
      found.notes().forEach(here.err()::println);
    }
  }

  private ChosenRuns chosen(String named) {
    try {
      return FilterOption.parsed(
          here, () -> ChosenRuns.parse(named, filter, sort, limit, here.clock().instant()));
    } catch (IllegalArgumentException e) {
      throw new WrongCall(Failure.line(e));
    }
  }

  private String table(ChosenRuns chosen, ChosenRuns.Found found) {
    List<String> headings = new ArrayList<>(HEADINGS);
    chosen.columns().forEach(column -> headings.add(column.text()));
    TextTable table = new TextTable(headings.toArray(String[]::new));
    for (int i = 0; i < found.runs().size(); i++) {
      List<String> cells = new ArrayList<>(cells(found.runs().get(i)));
      cells.addAll(chosen.cells(found.rows().get(i)));
      table.row(cells.toArray(String[]::new));
    }
    return table.toString();
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
          found.lastActivity().map(this::ago).orElse(""));
    }
    return table.toString();
  }

  private String runTable(List<RunSnapshot> runs) {
    TextTable table = new TextTable(HEADINGS.toArray(String[]::new));
    runs.forEach(run -> table.row(cells(run).toArray(String[]::new)));
    return table.toString();
  }

  private List<String> cells(RunSnapshot run) {
    return List.of(
        run.key().run(),
        run.card().name().orElse(""),
        run.state().text(),
        Integer.toString(run.writers().size()),
        run.card().startedAt().map(this::ago).orElse(""),
        String.format(Locale.ROOT, "%,d", points(run)));
  }

  private static long points(RunSnapshot run) {
    return run.writers().stream()
        .mapToLong(writer -> SnapshotJson.rows(writer, Stream.METRICS))
        .sum();
  }

  private String ago(Instant then) {
    return Ages.ago(then, here.clock().instant());
  }
}
