package io.ostraka.cli;

import io.ostraka.drain.Agent;
import io.ostraka.drain.Spool;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ostraka agent}. */
@Command(
    name = "agent",
    description = {
      "Publish what programs on this machine log, until nothing has been left to do for a minute.",
      "",
      "Python programs start it by themselves; there is one for each spool, and a second one ends at once. What it does is",
      "written to agent.log in the spool. Killing it loses nothing: whatever it had not published still waits."
    },
    optionListHeading = "%nOptions:%n",
    footer = {"", "Example:", "  ostraka agent --spool ~/.cache/ostraka"})
final class AgentCommand implements Callable<Integer> {
  private static final Duration IDLE = Duration.ofSeconds(60);

  private final Surroundings here;

  @Mixin private SpoolOption spoolOption = new SpoolOption();

  AgentCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Spool spool = Spool.open(spoolOption.folder(here));
    AgentLog log = new AgentLog(spool.agentLog(), here.clock());
    try (Stores stores = new Stores(here, log::line)) {
      if (!new Agent(spool, stores.drainSettings(), Stores.compaction(), IDLE, log::line).run()) {
        here.err().println("Another agent looks after " + spool.folder());
      }
    }
    return 0;
  }
}
