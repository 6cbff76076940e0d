package io.ostraka.cli;

import io.ostraka.doctor.Doctor;
import io.ostraka.doctor.Examination;
import io.ostraka.doctor.Repair;
import io.ostraka.doctor.Severity;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka doctor}. */
@Command(
    name = "doctor",
    description = {
      "Examine the runs of a folder or a bucket: every name, every card, every row. Says what is wrong, what it means and what to do.",
      "",
      "It writes nothing unless told to --repair, and then does only what loses nothing. Programs may go on logging meanwhile."
    },
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Nothing is lost or hidden; there may be warnings.",
      "1:Something that was logged is lost, hidden or shown wrong.",
      "2:A wrong call, or the folder cannot be examined."
    },
    footer = {
      "",
      "Examples:",
      "  ostraka doctor                     the runs in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka doctor /data/runs --repair",
      "  ostraka doctor --json | jq '.findings[] | select(.severity == \"error\")'"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int READERS = 4;

  private final Surroundings here;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROOT",
      description =
          "The folder or bucket with the runs. Not given: OSTRAKA_ROOT, else ./ostraka-runs.")
  private @Nullable String root;

  @Option(
      names = "--project",
      paramLabel = "PROJECT",
      description = "Examine this project only. Not given: all of them.")
  private @Nullable String project;

  @Option(names = "--json", description = "Print JSON instead of text.")
  private boolean asJson;

  @Option(
      names = "--repair",
      description = "Repair what can be repaired without losing anything; each step is said.")
  private boolean repair;

  DoctorCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Root where = here.root(Optional.ofNullable(root));
    try (Stores stores = new Stores(here);
        ShardStore store = open(where, stores)) {
      long begin = System.nanoTime();
      Examination examination = examine(store);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      List<Repair.Step> steps = repair ? repair(store, examination) : List.of();
      here.out()
          .print(
              asJson
                  ? DoctorJson.of(store.root(), examination, steps)
                  : DoctorText.of(where.shown(), examination, took));
      return examination.count(Severity.ERROR) > 0 ? 1 : 0;
    }
  }

  /** A folder that cannot be examined is told from one in which something is wrong. */
  private static ShardStore open(Root root, Stores stores) {
    root.folder().ifPresent(DoctorCommand::checkReadable);
    try {
      return stores.open(root);
    } catch (IOException e) {
      throw new WrongCall(Failure.line(e));
    }
  }

  private static void checkReadable(Path folder) {
    if (!Files.exists(folder)) {
      throw new WrongCall(folder + " does not exist");
    }
    if (!Files.isReadable(folder)) {
      throw new WrongCall("Cannot examine " + folder + ": no permission to read it");
    }
  }

  private Examination examine(ShardStore store) {
    DoctorProgress progress = new DoctorProgress(here.err(), here.terminal());
    int readers = Math.min(READERS, Runtime.getRuntime().availableProcessors());
    try {
      return new Doctor(store, readers).examine(Optional.ofNullable(project), progress);
    } catch (IOException | IllegalArgumentException e) {
      throw new WrongCall(Failure.line(e));
    } finally {
      progress.end();
    }
  }

  private List<Repair.Step> repair(ShardStore store, Examination examination) throws IOException {
    Path scratch = Files.createTempDirectory("ostraka-doctor");
    try {
      return new Repair(store, scratch)
          .apply(
              examination,
              step ->
                  here.err()
                      .println((step.failed() ? "not repaired: " : "repaired: ") + said(step)));
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private static String said(Repair.Step step) {
    return step.key() + ": " + step.done();
  }
}
