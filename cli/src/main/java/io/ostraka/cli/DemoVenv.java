package io.ostraka.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The demo's own Python environment, made once below the checkout's {@code build} and used again
 * until the pinned packages change. A file that is written last says that it is whole, so an
 * interrupted one is made again.
 */
final class DemoVenv {
  private static final String COMPLETE = ".complete";

  private final Surroundings here;
  private final Path requirements;
  private final Path folder;

  DemoVenv(Surroundings here, Path checkout) {
    this.here = here;
    this.requirements = checkout.resolve("examples/python/requirements.txt");
    this.folder = checkout.resolve("build/demo-venv");
  }

  /**
   * Makes the environment if it is not there and returns its Python.
   *
   * @throws IOException if there is no Python, or the packages cannot be fetched; one line says
   *     what to do
   */
  Path python() throws IOException {
    Path python = folder.resolve("bin/python");
    String wanted = Files.readString(requirements);
    Path complete = folder.resolve(COMPLETE);
    Files.createDirectories(folder.resolveSibling("locks"));
    try (FileChannel file =
            FileChannel.open(
                folder.resolveSibling("locks/demo-venv"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      boolean made =
          lock.isValid()
              && Files.exists(complete)
              && Files.readString(complete).equals(wanted)
              && Files.isExecutable(python);
      if (!made) {
        make(python);
        Files.writeString(complete, wanted);
      }
    }
    return python;
  }

  private void make(Path python) throws IOException {
    here.err()
        .println(
            "Preparing the demo's own Python environment (once): NumPy and scikit-learn, about 70 MB");
    delete(folder);
    String system = systemPython();
    List<String> made = run(List.of(system, "-m", "venv", folder.toString()), false);
    if (!Files.isExecutable(python) || !Files.exists(folder.resolve("bin/pip"))) {
      throw new IOException(
          "Cannot make a Python environment with '"
              + system
              + " -m venv': "
              + last(made)
              + "; on Debian and Ubuntu install the package python3-venv");
    }
    List<String> install =
        List.of(
            python.toString(),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar",
            "off",
            "-r",
            requirements.toString());
    List<String> said = run(install, true);
    if (!said.isEmpty() && said.get(said.size() - 1).startsWith("exit code ")) {
      throw new IOException(
          "Cannot install NumPy and scikit-learn for the demo: "
              + last(said)
              + "; the demo needs the network this once, then runs without it");
    }
  }

  private String systemPython() throws IOException {
    for (String name : List.of("python3", "python")) {
      try {
        List<String> said =
            run(List.of(name, "-c", "import sys; print(sys.version_info >= (3, 9))"), false);
        if (said.contains("True")) {
          return name;
        }
      } catch (IOException absent) {
        // The other name, then.
      }
    }
    throw new IOException(
        "Found no Python 3.9 or later on the path, which the demo trains with; install python3");
  }

  /** Runs a command and returns what it said, and, if it failed, a last line with its exit code. */
  private List<String> run(List<String> command, boolean progress) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    List<String> said = new ArrayList<>();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.add(line);
        if (progress) {
          progress(line).ifPresent(text -> here.err().println("  " + text));
        }
      }
      int code = process.waitFor();
      if (code != 0) {
        said.add("exit code " + code);
      }
    } catch (InterruptedException interrupted) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException(command.get(0) + " was interrupted", interrupted);
    }
    return said;
  }

  /** The lines of pip that say how far it is. */
  static Optional<String> progress(String line) {
    String text = line.strip();
    if (text.startsWith("Downloading ") && !text.contains(".metadata")) {
      return Optional.of(
          "fetching " + text.substring(text.lastIndexOf('/') + 1).replace("Downloading ", ""));
    }
    if (text.startsWith("Installing collected packages")) {
      return Optional.of("installing");
    }
    return Optional.empty();
  }

  private static String last(List<String> said) {
    Optional<String> error =
        said.stream().filter(line -> line.startsWith("ERROR")).reduce((a, b) -> b);
    return error.orElseGet(
        () -> said.isEmpty() ? "it said nothing" : said.get(Math.max(0, said.size() - 2)));
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
