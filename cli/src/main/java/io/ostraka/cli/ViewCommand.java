package io.ostraka.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ostraka view}. */
@Command(
    name = "view",
    description = "Show the runs of a folder or a bucket in the browser, live, until Ctrl-C.",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka view                          the runs in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka view /data/runs --port 8080   another folder, on a port of your choice",
      "  ostraka view s3://my-runs/team        a bucket; docs/buckets.md says how it is found",
      "  ostraka view --no-browser             on a machine without a display"
    })
final class ViewCommand implements Callable<Integer> {
  private final Surroundings here;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROOT",
      description =
          "The folder or bucket with the runs. Not given: OSTRAKA_ROOT, else ./ostraka-runs.")
  private @Nullable String root;

  @Mixin private ViewOptions options = new ViewOptions();

  ViewCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Root where = here.root(Optional.ofNullable(root));
    try (ViewerDoor door = ViewerDoor.open(here, where, options)) {
      if (where.folder().isPresent() && !Files.exists(where.folder().get())) {
        here.err().println("There are no runs yet; they are shown as soon as there are.");
      }
      here.out().println("Ctrl-C ends it.");
      door.show(here, options, "/");
      untilInterrupted();
    }
    return 0;
  }

  /** Waits for the signal that ends the process. */
  static void untilInterrupted() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
