package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.edit.RunEdits;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ostraka rename}. */
@Command(
    name = "rename",
    description = "Give a run another name. Its id stays; pages that are open show it at once.",
    optionListHeading = "%nOptions:%n",
    footer = {"", "Example:", "  ostraka rename mlp-64 \"baseline, no warm-up\""})
final class RenameCommand implements Callable<Integer> {
  private final Surroundings here;

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "Its id, the first characters of it, its name, or PROJECT/ one of these.")
  private String run = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "The new name.")
  private String name = "";

  @Mixin private RunOptions options = new RunOptions();

  RenameCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    try (Stores stores = new Stores(here);
        ShardStore store = options.open(here, stores)) {
      RunKey key = new RunFinder(store, here.clock(), options.project()).find(run);
      WrongCall.unlessRefused(() -> new RunEdits(store, here.clock()).rename(key, name));
      here.out().println(key.project() + "/" + key.run() + " is now named " + name.strip());
      return 0;
    }
  }
}
