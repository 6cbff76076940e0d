package io.ostraka.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Where statements come from that are not among the arguments.
 *
 * @param stream standard input
 * @param isTerminal whether a person types there
 */
record SqlInput(InputStream stream, boolean isTerminal) {
  static SqlInput ofThisProcess() {
    return new SqlInput(System.in, Boolean.getBoolean("ostraka.typed"));
  }

  /** Everything that is piped in. */
  String all() throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }
}
