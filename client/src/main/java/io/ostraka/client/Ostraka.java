package io.ostraka.client;

import java.io.IOException;

/**
 * Where a program begins to log.
 *
 * <pre>{@code
 * try (Run run = Ostraka.start("digits")) {
 *   Metrics metrics = run.metrics("train/loss", "train/accuracy");
 *   for (long step = 0; step < 1000; step++) {
 *     metrics.log(step, loss, accuracy);
 *   }
 * }
 * }</pre>
 */
public final class Ostraka {
  private Ostraka() {}

  /**
   * Starts a run of a project with everything else as the environment says or by default.
   *
   * @throws IllegalArgumentException if the project's name cannot be one
   * @throws IOException if root or spool cannot be written
   */
  public static Run start(String project) throws IOException {
    return run().project(project).start();
  }

  /**
   * A run that is still to be described; values not given come from the environment, then from the
   * defaults.
   */
  public static RunBuilder run() {
    return new RunBuilder(System.getenv());
  }
}
