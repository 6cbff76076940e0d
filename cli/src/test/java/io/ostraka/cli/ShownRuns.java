package io.ostraka.cli;

import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import io.ostraka.client.RunBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Logs runs of one metric, to be shown. */
record ShownRuns(Path folder) {
  private static final int STEPS = 200;

  /** The value of a step at which nothing is logged. */
  static final double NOT_LOGGED = Double.NEGATIVE_INFINITY;

  /** A run of a project, still to be started. */
  RunBuilder of(String project) {
    return Ostraka.run()
        .root(folder.resolve("runs"))
        .spool(folder.resolve("spool"))
        .project(project);
  }

  /** Logs a run whose loss is a function of the step; returns its id. */
  String log(String project, String name, Map<String, Object> config, DoubleUnaryOperator loss)
      throws IOException {
    try (Run run = of(project).name(name).config(config).start()) {
      for (int step = 0; step < STEPS; step++) {
        double value = loss.applyAsDouble(step);
        if (value != NOT_LOGGED) {
          run.log(step, "loss", value);
        }
        if (step % 50 == 0) {
          run.log(step, "val/accuracy", config.size() / 10.0);
        }
      }
      return run.id();
    }
  }
}
