package io.ostraka.cli;

import io.ostraka.query.sql.ExportQuery;
import io.ostraka.query.sql.RowFormat;
import io.ostraka.query.sql.SqlFailure;
import io.ostraka.query.sql.SqlSession;
import io.ostraka.query.sql.SqlSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka export}. */
@Command(
    name = "export",
    description = {
      "Write runs, or what they logged, to one file for other programs.",
      "",
      "Metrics are a row for each logged value (--shape long), or for each step a row with a column",
      "for each metric (--shape wide). docs/terminal.md says what each column is."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka export -o metrics.parquet               every value in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka export --run mlp-64 --shape wide        one run, a line for each step, to the screen",
      "  ostraka export s3://my-runs/team --metric 'val/*' --filter 'state = finished' -o val.csv",
      "  ostraka export --what runs -o runs.csv          settings and outcomes, a line for each run"
    })
final class ExportCommand implements Callable<Integer> {
  private final Surroundings here;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ROOT",
      description =
          "The folder or bucket with the runs. Not given: OSTRAKA_ROOT, else ./ostraka-runs.")
  private @Nullable String root;

  @Option(
      names = "--what",
      paramLabel = "WHAT",
      defaultValue = "metrics",
      description = "metrics, runs, texts or console. Not given: ${DEFAULT-VALUE}.")
  private String what = "metrics";

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      description =
          "long: a row for each value; wide: a column for each metric, of runs for each setting. Not given: wide for runs, else long.")
  private @Nullable String shape;

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description =
          "Only this run, by its id, the first characters of it, its name, or PROJECT/ one of these; may be given several times.")
  private List<String> runs = new ArrayList<>();

  @Mixin private FilterOption filter = new FilterOption();

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description =
          "Only metrics of this name, in which * stands for any characters and ? for one; may be given several times.")
  private List<String> metrics = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "csv, json, jsonl, arrow or parquet. Not given: by the name of --output, else csv.")
  private @Nullable String format;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write to FILE, whole or not at all. Not given: standard output.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Replace FILE if it is there.")
  private boolean force;

  @Mixin private RunOptions options = new RunOptions();

  ExportCommand(Surroundings here) {
    this.here = here;
  }

  private enum What {
    METRICS,
    RUNS,
    TEXTS,
    CONSOLE
  }

  @Override
  public Integer call() throws IOException {
    What wanted = what();
    boolean isWide = isWide(wanted);
    if (!metrics.isEmpty() && wanted == What.CONSOLE) {
      throw new WrongCall("--metric does not choose console lines; leave it out");
    }
    if (root != null && options.root().isPresent()) {
      throw new WrongCall("ROOT is given twice, as " + root + " and by --root");
    }
    Optional<Path> file = Optional.ofNullable(output).map(here.folder()::resolve);
    RowFormat how = format(file);
    refuseToOverwrite(file);
    Root where = here.root(Optional.ofNullable(root).or(options::root));
    try (ShownRoot shown = ShownRoot.open(here, where)) {
      ExportedRuns chosen = ExportedRuns.choose(here, shown, options.project(), runs, filter);
      SqlOutput to = SqlOutput.of(how.toString(), file.orElse(null));
      try (DiscardedFile staged = new DiscardedFile(to);
          SqlSession session =
              SqlSession.open(
                  shown.store(), to.settings(SqlSettings.ofAnExport()), chosen::contains)) {
        write(wanted, isWide, chosen, session, staged.output());
      }
      return 0;
    } catch (SqlFailure e) {
      SqlAnswers.complain(here, e);
      return 1;
    }
  }

  private What what() {
    for (What one : What.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(what)) {
        return one;
      }
    }
    throw new WrongCall("There is no --what " + what + "; there are metrics, runs, texts, console");
  }

  private boolean isWide(What wanted) {
    if (shape == null) {
      return wanted == What.RUNS;
    }
    if (!shape.equals("long") && !shape.equals("wide")) {
      throw new WrongCall("There is no shape " + shape + "; there are long, wide");
    }
    boolean isWide = shape.equals("wide");
    if (isWide && (wanted == What.TEXTS || wanted == What.CONSOLE)) {
      throw new WrongCall(what + " have no wide shape; leave --shape out");
    }
    return isWide;
  }

  /* What is kept in memory until its end is nothing for a hundred million rows. */
  private RowFormat format(Optional<Path> file) throws IOException {
    boolean isSaid = format != null || file.isPresent();
    RowFormat how = isSaid ? SqlOutput.format(format, file.orElse(null)) : RowFormat.CSV;
    if (how == RowFormat.TABLE || how == RowFormat.MARKDOWN) {
      if (format == null) {
        throw new WrongCall(
            "The name of "
                + file.map(Path::getFileName).orElse(Path.of(""))
                + " says no format; give --format csv, json, jsonl, arrow or parquet");
      }
      throw new WrongCall(
          how
              + " is for reading; export knows csv, json, jsonl, arrow, parquet ('ostraka sql' prints tables)");
    }
    if (how.isBinary() && file.isEmpty() && here.screen().isTerminal()) {
      throw new WrongCall(how + " is nothing for a screen; give --output FILE");
    }
    return how;
  }

  private void refuseToOverwrite(Optional<Path> file) {
    if (file.isPresent() && Files.isDirectory(file.get())) {
      throw new WrongCall(file.get() + " is a folder; name a file");
    }
    if (file.isPresent() && Files.exists(file.get()) && !force) {
      throw new WrongCall(file.get() + " is there already; --force replaces it");
    }
  }

  private void write(
      What wanted, boolean isWide, ExportedRuns chosen, SqlSession session, SqlOutput to)
      throws IOException, SqlFailure {
    List<String> names = metrics.isEmpty() ? List.of() : names(wanted, chosen, session);
    SqlAnswers answers = new SqlAnswers(here, session, to, Long.MAX_VALUE);
    long rows;
    try (ExportProgress progress = new ExportProgress(here, to)) {
      progress.begin();
      rows =
          switch (wanted) {
            case METRICS ->
                answers.export(isWide ? wide(names, session) : ExportQuery.metrics(names));
            case TEXTS -> answers.export(ExportQuery.texts(names));
            case CONSOLE -> answers.export(ExportQuery.console());
            case RUNS -> {
              RunColumns columns = new RunColumns(chosen, names);
              session.define(RunColumns.TABLE, columns.types(isWide), columns.rows(isWide));
              yield answers.answer("FROM " + RunColumns.TABLE);
            }
          };
    }
    if (to.file().isPresent()) {
      Path file = to.file().get();
      here.out()
          .printf(
              Locale.ROOT,
              "Wrote %,d rows of %,d runs to %s (%.1f MB)%n",
              rows,
              chosen.count(),
              file,
              Files.size(file) / 1e6);
    }
  }

  private List<String> names(What wanted, ExportedRuns chosen, SqlSession session)
      throws IOException, SqlFailure {
    boolean areTexts = wanted == What.TEXTS;
    Set<String> known =
        areTexts
            ? new TreeSet<>(SqlAnswers.texts(session, ExportQuery.names("texts")))
            : chosen.metrics();
    return ExportedRuns.chosen(metrics, known);
  }

  private static ExportQuery wide(List<String> names, SqlSession session)
      throws IOException, SqlFailure {
    List<String> columns =
        names.isEmpty() ? SqlAnswers.texts(session, ExportQuery.names("metrics")) : names;
    if (columns.isEmpty()) {
      throw new NoSuchFileException(
          "metrics", null, "these runs have none, so there are no columns");
    }
    return ExportQuery.wide(columns);
  }
}
