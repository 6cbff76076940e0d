package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.drain.LastStep;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ostraka last-step}: what a client that resumes a run asks. */
@Command(
    name = "last-step",
    hidden = true,
    description =
        "Print the greatest step of a run, for who resumes it; nothing if it has no points.",
    optionListHeading = "%nOptions:%n")
final class LastStepCommand implements Callable<Integer> {
  private final Surroundings here;

  @Parameters(index = "0", paramLabel = "ROOT", description = "The folder or bucket with the runs.")
  private String root = "";

  @Parameters(index = "1", paramLabel = "PROJECT", description = "The run's project.")
  private String project = "";

  @Parameters(index = "2", paramLabel = "RUN", description = "The run's id.")
  private String run = "";

  @Mixin private SpoolOption spoolOption = new SpoolOption();

  LastStepCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Path spool = spoolOption.folder(here);
    try (Stores stores = new Stores(here);
        ShardStore store = stores.open(Root.of(root, here.folder()))) {
      LastStep.of(store, spool, new RunKey(project, run)).ifPresent(here.out()::println);
    }
    return 0;
  }
}
