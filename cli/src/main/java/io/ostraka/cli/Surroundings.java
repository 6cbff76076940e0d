package io.ostraka.cli;

import java.io.FileDescriptor;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a command finds around it: the process's variables, folders, clock and output. Commands read
 * these here and nowhere else.
 *
 * @param variables the environment
 * @param folder the folder that relative paths start from, absolute
 * @param checkout the checkout that the launcher runs from; empty where the jars run without it
 * @param terminal whether a person reads {@code err} on a terminal, as the launcher found
 * @param screen what a person sees {@code out} on
 * @param clock the wall clock
 * @param out what was asked for
 * @param err what went wrong, and what is going on
 */
record Surroundings(
    Map<String, String> variables,
    Path folder,
    Optional<Path> checkout,
    boolean terminal,
    Screen screen,
    Clock clock,
    PrintStream out,
    PrintStream err) {

  static Surroundings ofThisProcess() {
    return new Surroundings(
        System.getenv(),
        Path.of("").toAbsolutePath(),
        Optional.ofNullable(System.getProperty("ostraka.home")).map(Path::of),
        Boolean.getBoolean("ostraka.terminal"),
        Screen.of(
            System.getenv(),
            Integer.getInteger("ostraka.columns", 0),
            Boolean.getBoolean("ostraka.unicode")),
        Clock.systemUTC(),
        StandardOutput.of(FileDescriptor.out),
        StandardOutput.of(FileDescriptor.err));
  }

  /** The same with another profile of AWS's tools, whose variables name one key and one server. */
  Surroundings withProfile(@Nullable String profile) {
    if (profile == null) {
      return this;
    }
    Map<String, String> changed = new HashMap<>(variables);
    changed.keySet().removeIf(name -> name.startsWith("AWS_") && !name.endsWith("_FILE"));
    changed.put("AWS_PROFILE", profile);
    return new Surroundings(changed, folder, checkout, terminal, screen, clock, out, err);
  }

  /** The value of a variable; empty if it is not set or set to nothing. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /** The root: the one given, else {@code OSTRAKA_ROOT}, else {@code ./ostraka-runs}. */
  Root root(Optional<String> given) {
    return Root.of(given.or(() -> variable("OSTRAKA_ROOT")).orElse("ostraka-runs"), folder);
  }

  /** The folder below which caches of this person lie. */
  Path caches() {
    return variable("XDG_CACHE_HOME")
        .map(Path::of)
        .filter(Path::isAbsolute)
        .orElseGet(
            () -> Path.of(variable("HOME").orElse(System.getProperty("user.home", ".")), ".cache"));
  }
}
