package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.query.RunTable;
import io.ostraka.query.runs.RunDiff;
import io.ostraka.query.runs.RunRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ostraka diff}. */
@Command(
    name = "diff",
    description = {
      "Show in what runs differ: settings, outcomes, code and command.",
      "",
      "Of metrics the last values are compared. The exit code does not say whether there are differences."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka diff mlp-64 mlp-128             two runs in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka diff s3://my-runs/team a b c    three in a bucket",
      "  ostraka diff a b --format json | jq .   for programs"
    })
final class DiffCommand implements Callable<Integer> {
  private final Surroundings here;

  @Parameters(
      arity = "0..*",
      paramLabel = "[ROOT] RUN RUN",
      description =
          "Runs by id, the first characters of it, name, or PROJECT/ one of these; before them the folder or bucket, if it is not OSTRAKA_ROOT or ./ostraka-runs. With three or more the first is the root if it is a folder or a bucket; --root leaves no doubt.")
  private List<String> arguments = new ArrayList<>();

  @Mixin private FormatOption format = new FormatOption();

  @Mixin private RunOptions options = new RunOptions();

  DiffCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    boolean asJson = format.isJson();
    RootAndNames asked = RootAndNames.ofSeveral(here, options, arguments);
    try (ShownRoot root = ShownRoot.open(here, asked.root())) {
      List<RunSnapshot> runs = root.runs(options.project(), asked.names());
      if (runs.size() < 2) {
        throw new WrongCall("These are all the same run, " + shown(runs.get(0).key()));
      }
      if (runs.size() > RunTable.MOST_COMPARED) {
        throw new WrongCall(
            runs.size() + " runs are given; give at most " + RunTable.MOST_COMPARED);
      }
      List<RunRow> rows = new ArrayList<>();
      for (RunSnapshot run : runs) {
        rows.addAll(root.query().table().rows(run.key().project(), List.of(run.key().run())));
      }
      Differences found = Differences.of(runs, RunDiff.of(rows));
      here.out()
          .print(asJson ? DiffText.json(runs, found) : new DiffText(here.screen()).of(runs, found));
      runs.stream()
          .flatMap(run -> run.problems().stream())
          .map(Problem::message)
          .distinct()
          .forEach(here.err()::println);
    }
    return 0;
  }

  private static String shown(RunKey run) {
    return run.project() + "/" + run.run();
  }
}
