package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.catalog.Problem;
import io.ostraka.compact.RunRollups;
import io.ostraka.shard.RollupRule;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka rollups}. */
@Command(
    name = "rollups",
    description = {
      "Make the roll-ups of runs that have none yet, so that long charts are drawn in no time.",
      "",
      "A roll-up holds a large shard's points in bins of many widths. Merging makes them by itself; this is for shards that were copied here, and for roots that older versions wrote. They are derived: whoever removes them loses time and nothing else."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka rollups                      all runs in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka rollups s3://bucket/runs     all runs in a bucket",
      "  ostraka rollups mlp-64               one run",
      "  ostraka rollups --delete /data/runs  remove those of all runs of a folder"
    })
final class RollupsCommand implements Callable<Integer> {
  private final Surroundings here;
  private final RollupRule rule;

  @Parameters(
      arity = "0..*",
      paramLabel = "ROOT|RUN",
      description =
          "A folder or bucket with runs, or runs by id, name, or begin of the id. Not given: all.")
  private List<String> arguments = new ArrayList<>();

  @Option(names = "--delete", description = "Remove them, and make none.")
  private boolean delete;

  @Mixin private RunOptions options = new RunOptions();

  RollupsCommand(Surroundings here, RollupRule rule) {
    this.here = here;
    this.rule = rule;
  }

  @Override
  public Integer call() throws IOException {
    Optional<Root> root = RunOptions.onlyRoot(arguments, here);
    try (Stores stores = new Stores(here);
        ShardStore store =
            root.isPresent() ? RunOptions.open(root.get(), stores) : options.open(here, stores)) {
      List<RunKey> runs =
          new RunFinder(store, here.clock(), options.project())
              .findOrAll(root.isPresent() ? List.of() : arguments);
      Path scratch = Files.createTempDirectory("ostraka-rollups");
      try {
        return work(new RunRollups(store, scratch, rule), runs);
      } finally {
        Files.deleteIfExists(scratch);
      }
    }
  }

  private int work(RunRollups rollups, List<RunKey> runs) throws IOException {
    RunRollups.Result result = RunRollups.Result.NOTHING;
    for (RunKey run : runs) {
      result = result.plus(delete ? rollups.delete(run) : rollups.make(run));
    }
    result.problems().stream().map(Problem::message).forEach(here.err()::println);
    here.out()
        .println(
            delete
                ? String.format(Locale.ROOT, "Removed %,d roll-ups", result.removed())
                : String.format(
                    Locale.ROOT,
                    "%,d roll-ups made (%.1f MB), %,d were there, %,d removed whose shards are no more",
                    result.made(),
                    result.bytes() / 1e6,
                    result.kept(),
                    result.removed()));
    return result.problems().isEmpty() ? 0 : 1;
  }
}
