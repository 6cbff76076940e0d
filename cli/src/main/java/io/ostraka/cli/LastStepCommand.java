package io.ostraka.cli;

import io.ostraka.drain.LastStep;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ostraka last-step}: what a client that resumes a run asks. */
@Command(
    name = "last-step",
    hidden = true,
    description =
        "Print the greatest step of a run, for who resumes it; nothing if it has no points.",
    optionListHeading = "%nOptions:%n")
final class LastStepCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private RunPlace place = new RunPlace();
  @Mixin private SpoolOption spoolOption = new SpoolOption();

  LastStepCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Path spool = spoolOption.folder(here);
    try (Stores stores = new Stores(here);
        ShardStore store = stores.open(Root.of(place.root(), here.folder()))) {
      LastStep.of(store, spool, place.key()).ifPresent(here.out()::println);
    }
    return 0;
  }
}
