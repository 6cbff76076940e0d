package io.ostraka.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Runs commands as a person would, and keeps what they print. */
final class Terminal {
  private final Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private int columns;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  Terminal(Path folder) {
    this.folder = folder;
  }

  /** The same as a terminal of so many columns; without it the output is no terminal. */
  Terminal wide(int count) {
    columns = count;
    return this;
  }

  Terminal with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  Surroundings surroundings() {
    return new Surroundings(
        Map.copyOf(variables),
        folder,
        Optional.empty(),
        false,
        Screen.of(variables, columns, true),
        Clock.systemUTC(),
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8));
  }

  /** Runs a command and returns its exit code. */
  int run(String... arguments) {
    out.reset();
    err.reset();
    return Main.run(surroundings(), arguments);
  }

  String out() {
    return out.toString(UTF_8);
  }

  String err() {
    return err.toString(UTF_8);
  }
}
