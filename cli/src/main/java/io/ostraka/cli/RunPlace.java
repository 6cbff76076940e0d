package io.ostraka.cli;

import io.ostraka.RunKey;
import picocli.CommandLine.Parameters;

/** A run as programs name it: its root, its project and its id. */
final class RunPlace {
  @Parameters(index = "0", paramLabel = "ROOT", description = "The folder or bucket with the runs.")
  private String root = "";

  @Parameters(index = "1", paramLabel = "PROJECT", description = "The run's project.")
  private String project = "";

  @Parameters(index = "2", paramLabel = "RUN", description = "The run's id.")
  private String run = "";

  String root() {
    return root;
  }

  RunKey key() {
    return new RunKey(project, run);
  }

  String project() {
    return project;
  }

  String run() {
    return run;
  }
}
