package io.ostraka.cli;

import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.query.MetricSummary;
import io.ostraka.query.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka show}. */
@Command(
    name = "show",
    description = {
      "Show one run: how it is doing, where it runs, its settings, its writers and its metrics.",
      "",
      "Of each metric the last, least and greatest value, how many there are, and a small plot."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka show mlp-64                        a run in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka show s3://my-runs/team mlp-64      a run in a bucket",
      "  ostraka show mlp-64 --metric train/loss    a larger plot of one metric",
      "  ostraka show mlp-64 --format json | jq .   for programs"
    })
final class ShowCommand implements Callable<Integer> {
  private static final int SHOWN_ROWS = 50;

  private final Surroundings here;

  @Parameters(
      arity = "0..*",
      paramLabel = "[ROOT] RUN",
      description =
          "The run by its id, the first characters of it, its name, or PROJECT/ one of these; before it the folder or bucket, if it is not OSTRAKA_ROOT or ./ostraka-runs.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "Draw a larger plot of this metric instead; may be given several times.")
  private List<String> metrics = new ArrayList<>();

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "" + SHOWN_ROWS,
      description =
          "At most N settings, writers and metrics, 0 for all. Not given: ${DEFAULT-VALUE}.")
  private int rows;

  @Mixin private FormatOption format = new FormatOption();

  @Mixin private RunOptions options = new RunOptions();

  ShowCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    boolean asJson = format.isJson();
    if (rows < 0) {
      throw new WrongCall("--rows " + rows + " is negative; give 0 for all rows");
    }
    RootAndNames asked = RootAndNames.ofOne(here, options, "run", arguments);
    try (ShownRoot root = ShownRoot.open(here, asked.root())) {
      RunSnapshot run = root.runs(options.project(), asked.names()).get(0);
      if (!metrics.isEmpty() && !asJson) {
        here.out().print(plots(root, run));
        return 0;
      }
      Page<MetricSummary> summary = root.query().summary(run.key().project(), run.key().run());
      if (asJson) {
        here.out().print(ShowJson.of(run, summary));
        return 0;
      }
      int most = rows == 0 ? Integer.MAX_VALUE : rows;
      here.out().print(new ShowText(here, most).of(root.query(), run, summary));
      Set<String> problems = new LinkedHashSet<>();
      run.problems().stream().map(Problem::message).forEach(problems::add);
      summary.problems().stream().map(Problem::message).forEach(problems::add);
      problems.forEach(here.err()::println);
    }
    return 0;
  }

  private String plots(ShownRoot root, RunSnapshot run) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String metric : metrics.stream().distinct().toList()) {
      text.append(text.isEmpty() ? "" : "\n");
      text.append(new PlotText(here.screen()).of(root.query(), run, metric));
    }
    return text.toString();
  }
}
