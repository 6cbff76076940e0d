package io.ostraka.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ostraka demo}. */
@Command(
    name = "demo",
    description = {
      "Train six small networks on 1,797 handwritten digits, for about half a minute, and watch them in the browser.",
      "",
      "The training is the Python program examples/python/digits.py: six networks, one of them trained by four",
      "processes that average their gradients. It runs in a Python environment of its own, made the first time."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka demo                       train, and open the browser",
      "  ostraka demo --no-browser          on a machine without a display: prints the address",
      "  ostraka demo --once --no-browser   end when the training has ended, as in a test"
    })
final class DemoCommand implements Callable<Integer> {
  private static final String PROJECT = "digits";

  /** Exit codes of a training that somebody ended, who needs no telling. */
  private static final int INTERRUPTED = 130;

  private static final int TERMINATED = 143;

  private final Surroundings here;

  @Option(
      names = "--root",
      paramLabel = "ROOT",
      description = "The folder or bucket to log to. Not given: OSTRAKA_ROOT, else ./ostraka-runs.")
  private @Nullable String root;

  @Option(
      names = "--once",
      description = "End when the training has ended, and print what was logged, run by run.")
  private boolean once;

  @Option(
      names = "--tally",
      paramLabel = "FILE",
      description = "Also write what the training script says that it logged, as JSON.")
  private @Nullable Path tally;

  @Mixin private ViewOptions options = new ViewOptions();

  DemoCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path checkout =
        here.checkout()
            .filter(folder -> Files.exists(folder.resolve("examples/python/digits.py")))
            .orElseThrow(
                () ->
                    new IOException(
                        "The demo needs a checkout of Ostraka; start it with bin/ostraka of one"));
    Root where = here.root(Optional.ofNullable(root));
    Path python = new DemoVenv(here, checkout).python();
    try (ViewerDoor door = ViewerDoor.open(here, where, options)) {
      Process training = start(checkout, python, where);
      // Ctrl-C reaches the training by itself; a signal to this process alone does not.
      Runtime.getRuntime().addShutdownHook(new Thread(training::destroy));
      door.show(here, options, "/");
      int code = training.waitFor();
      if (code == INTERRUPTED || code == TERMINATED) {
        return code;
      }
      if (code != 0) {
        throw new IOException(
            "The training ended with exit code " + code + "; what it printed above says why");
      }
      if (!once) {
        here.out()
            .println(
                "The training has ended; "
                    + door.address()
                    + " goes on showing it. Ctrl-C ends it.");
        ViewCommand.untilInterrupted();
      }
    }
    return 0;
  }

  private Process start(Path checkout, Path python, Root where) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(python.toString());
    command.add(checkout.resolve("examples/python/digits.py").toString());
    command.addAll(List.of("--root", where.shown(), "--project", PROJECT));
    if (once) {
      command.add("--report");
    }
    if (tally != null) {
      command.addAll(List.of("--tally", here.folder().resolve(tally).toString()));
    }
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    Map<String, String> variables = builder.environment();
    variables.put("PYTHONPATH", checkout.resolve("python").toString());
    return builder.start();
  }
}
