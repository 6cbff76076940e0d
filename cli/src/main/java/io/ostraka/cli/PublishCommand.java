package io.ostraka.cli;

import io.ostraka.WriterId;
import io.ostraka.drain.AliveLock;
import io.ostraka.drain.Publisher;
import io.ostraka.drain.Spool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ostraka publish}. */
@Command(
    name = "publish",
    description = {
      "Publish everything that waits in the spool, now and in the foreground.",
      "",
      "For machines where no agent may run (offline clusters, no Java while training), and after a crash. What an agent is",
      "publishing already is waited for; what a running program has logged is published as far as it has come."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka publish                       what waits in the usual spool",
      "  ostraka publish --spool /scratch/me   what waits in another one"
    })
final class PublishCommand implements Callable<Integer> {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Surroundings here;

  @Mixin private SpoolOption spoolOption = new SpoolOption();

  @Option(
      names = "--take-over",
      description =
          "The spool is a copy and the original is gone for good: publish the copy, going on after what the root lists.")
  private boolean takeOver;

  PublishCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Spool spool = Spool.open(spoolOption.folder(here));
    if (takeOver && spool.copied()) {
      spool = spool.takeOver();
    }
    try (Stores stores = new Stores(here)) {
      publish(spool, stores);
    }
    return 0;
  }

  private void publish(Spool spool, Stores stores) throws IOException, InterruptedException {
    PublishProgress progress = new PublishProgress(here.err(), here.terminal());
    Publisher publisher = new Publisher(spool, stores.drainSettings(), Stores.compaction());
    Publisher.Result result = publisher.run(progress);
    while (!result.left().isEmpty() && agentIsEndingRuns(spool)) {
      Thread.sleep(PAUSE.toMillis());
      result = publisher.run(progress);
    }
    progress.end();
    result.left().forEach(here.err()::println);
    if (!result.left().isEmpty() && !waiting(spool, false).isEmpty()) {
      throw new IOException(
          result.left().size()
              + " journals are left in "
              + spool.folder()
              + ", for the reasons above");
    }
    here.out().println(summary(progress, spool.folder()));
  }

  private static String summary(PublishProgress progress, Path folder) {
    return progress.journals() == 0
        ? "Nothing waits in " + folder
        : "Published "
            + progress.journals()
            + (progress.journals() == 1 ? " journal" : " journals")
            + " of "
            + folder;
  }

  /**
   * Whether an agent is there and has journals of programs that have ended: it publishes them right
   * now, unless something keeps it from doing so.
   */
  private static boolean agentIsEndingRuns(Spool spool) throws IOException {
    return AliveLock.isHeld(spool.agentLock())
        && waiting(spool, false).stream()
            .anyMatch(writer -> Publisher.heldUp(spool.files(writer)).isEmpty());
  }

  /** The writers with journals in the spool whose program runs, or has ended. */
  private static List<WriterId> waiting(Spool spool, boolean running) throws IOException {
    List<WriterId> waiting = new ArrayList<>();
    for (WriterId writer : spool.writers()) {
      if (!spool.files(writer).segments().isEmpty()
          && AliveLock.isHeld(spool.files(writer).alive()) == running) {
        waiting.add(writer);
      }
    }
    return waiting;
  }
}
