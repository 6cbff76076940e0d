package io.ostraka.cli;

import java.io.IOException;

/** Removes what an output has staged, also when a signal ends the process. */
final class DiscardedFile implements AutoCloseable {
  private final SqlOutput output;
  private final Thread hook = new Thread(this::discard, "discard");

  DiscardedFile(SqlOutput output) {
    this.output = output;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void discard() {
    try {
      output.discard();
    } catch (IOException e) {
      return; // The process ends, and a hidden file stays.
    }
  }

  /** The output whose file it is. */
  SqlOutput output() {
    return output;
  }

  @Override
  public void close() throws IOException {
    output.discard();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // The process ends, and the hook does its work.
    }
  }
}
