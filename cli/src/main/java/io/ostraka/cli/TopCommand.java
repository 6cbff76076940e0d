package io.ostraka.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.card.JsonNumber;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.Value;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka top}. */
@Command(
    name = "top",
    description = {
      "Show the best runs by a metric, with the settings in which they differ and a small plot.",
      "",
      "Best is the greatest value of a metric that is named for what one wants much of (accuracy, auc, bleu, f1, iou,",
      "precision, psnr, recall, return, reward, score, …), and the least value of any other."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka top val/loss                         the runs in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka top val/loss --by last -n 3          by the value at the end",
      "  ostraka top s3://my-runs/team val/accuracy --filter 'config.lr < 0.01 and tag : baseline'",
      "  ostraka top gap --descending --format json   for programs"
    })
final class TopCommand implements Callable<Integer> {
  private final Surroundings here;

  @Parameters(
      arity = "0..*",
      paramLabel = "[ROOT] METRIC",
      description =
          "The metric; before it the folder or bucket, if it is not OSTRAKA_ROOT or ./ostraka-runs.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      description =
          "last, min, max or mean of the metric. Not given: max where the greatest is best, else min.")
  private @Nullable String by;

  @Option(names = "--ascending", description = "The least value first.")
  private boolean ascending;

  @Option(names = "--descending", description = "The greatest value first.")
  private boolean descending;

  @Mixin private FilterOption filter = new FilterOption();

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      defaultValue = "10",
      description = "At most so many runs. Not given: ${DEFAULT-VALUE}.")
  private int limit;

  @Mixin private FormatOption format = new FormatOption();

  @Mixin private RunOptions options = new RunOptions();

  TopCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    boolean asJson = format.isJson();
    RootAndNames asked = RootAndNames.ofOne(here, options, "metric", arguments);
    String metric = asked.names().get(0);
    Ranking.Order order = order(metric);
    if (limit < 1) {
      throw new WrongCall("-n " + limit + " is no number of runs; give 1 or more");
    }
    Filter which = filter.parse(here);
    try (ShownRoot root = ShownRoot.open(here, asked.root())) {
      List<String> projects = root.finder(options.project()).projects();
      Ranking ranking = Ranking.of(root.query().table(), projects, metric, order, which);
      if (ranking.places().isEmpty()) {
        throw new NoSuchFileException(asked.root().shown(), null, ranking.whyEmpty(filter.text()));
      }
      Ranking shown = ranking.first(limit);
      here.out()
          .print(
              asJson ? json(shown) : new TopText(here.screen()).of(root.query(), shown, ranking));
      ranking.notes().forEach(here.err()::println);
    }
    return 0;
  }

  private Ranking.Order order(String metric) {
    if (ascending && descending) {
      throw new WrongCall("--ascending and --descending exclude each other");
    }
    boolean isGreatestFirst = descending || (!ascending && Ranking.isGreaterBetter(metric));
    try {
      return Ranking.Order.of(by, isGreatestFirst);
    } catch (IllegalArgumentException e) {
      throw new WrongCall(Failure.line(e));
    }
  }

  private static String json(Ranking ranking) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("metric", ranking.metric()).put("by", ranking.order().by());
    json.put("order", ranking.order().isGreatestFirst() ? "descending" : "ascending");
    ArrayNode runs = json.putArray("runs");
    for (Ranking.Place place : ranking.places()) {
      ObjectNode run = runs.addObject().put("project", place.project());
      run.put("run", place.row().run());
      for (Fact fact : new Fact[] {Fact.NAME, Fact.STATE}) {
        Value value = place.row().fact(fact);
        run.set(fact.text(), value == null ? null : value.json());
      }
      run.set("value", JsonNumber.of(place.value()));
      run.set("config", place.row().config());
      ShowJson.metric(run.putObject("summary"), place.summary());
    }
    return SnapshotJson.text(json);
  }
}
