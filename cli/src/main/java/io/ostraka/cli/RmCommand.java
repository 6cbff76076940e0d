package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.edit.DeletedRun;
import io.ostraka.edit.RunEdits;
import io.ostraka.edit.RunPurge;
import io.ostraka.edit.RunPurge.Purged;
import io.ostraka.edit.RunPurge.When;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka rm}. */
@Command(
    name = "rm",
    description = {
      "Delete runs.",
      "",
      "A deleted run is hidden at once and can be taken back for at least 7 days; --purge then removes its files."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka rm mlp-64               hide it",
      "  ostraka rm --undo mlp-64        take it back",
      "  ostraka rm --list               what is deleted, and when it goes",
      "  ostraka rm --purge              remove what was deleted more than 7 days ago",
      "  ostraka rm --now --yes mlp-64   remove it for good, now"
    })
final class RmCommand implements Callable<Integer> {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

  private final Surroundings here;

  @Parameters(
      paramLabel = "RUN",
      arity = "0..*",
      description = "Its id, the first characters of it, its name, or PROJECT/ one of these.")
  private List<String> runs = new ArrayList<>();

  @ArgGroup private Doing doing = new Doing();

  @Option(names = "--yes", description = "With --now: really. There is no way back.")
  private boolean yes;

  @Option(
      names = "--force",
      description = "With --now: also a run that is running. Its agent keeps what it then logs.")
  private boolean force;

  @Mixin private RunOptions options = new RunOptions();

  /** What to do other than hiding runs. */
  private static final class Doing {
    @Option(names = "--now", description = "Remove the runs for good, at once.")
    private boolean now;

    @Option(names = "--undo", description = "Take deleted runs back.")
    private boolean undo;

    @Option(names = "--list", description = "List the deleted runs and when they go.")
    private boolean list;

    @Option(
        names = "--purge",
        description = "Remove the files of all runs that were deleted more than 7 days ago.")
    private boolean purge;
  }

  RmCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    checkCall();
    try (Stores stores = new Stores(here);
        ShardStore store = options.open(here, stores)) {
      RunFinder finder = new RunFinder(store, here.clock(), options.project());
      if (doing.list) {
        list(finder);
      } else if (doing.purge) {
        purge(store, finder);
      } else {
        each(store, finder);
      }
      return 0;
    }
  }

  private void checkCall() {
    boolean takesRuns = !doing.list && !doing.purge;
    if (takesRuns && runs.isEmpty()) {
      throw new WrongCall("Say which run; 'ostraka ls' lists them");
    }
    if (!takesRuns && !runs.isEmpty()) {
      throw new WrongCall((doing.list ? "--list" : "--purge") + " takes no runs");
    }
    if (!doing.now && (yes || force)) {
      throw new WrongCall((yes ? "--yes" : "--force") + " is for --now");
    }
  }

  /** Finds all runs before it touches the first one, so that a wrong name changes nothing. */
  private void each(ShardStore store, RunFinder finder) throws IOException {
    RunEdits edits = new RunEdits(store, here.clock());
    List<RunKey> keys = new ArrayList<>();
    for (String run : runs) {
      keys.add(find(finder, run));
    }
    if (doing.now && !yes) {
      throw new WrongCall("--now would remove " + summary(store, keys) + " for good; add --yes");
    }
    for (RunKey key : keys) {
      String shown = key.project() + "/" + key.run();
      if (doing.now) {
        When when = force ? When.NOW_EVEN_IF_RUNNING : When.NOW;
        say("Removed", shown, new RunPurge(store, here.clock()).purge(key, when));
      } else if (doing.undo) {
        edits.restore(key);
        here.out().println("Took back " + shown);
      } else {
        Instant from = edits.delete(key);
        here.out()
            .println(
                "Deleted %s; 'ostraka rm --undo %s' takes it back, for sure until %s"
                    .formatted(shown, key.run(), minute(from)));
      }
    }
  }

  private RunKey find(RunFinder finder, String run) throws IOException {
    if (doing.undo) {
      return finder.findDeleted(run);
    }
    return doing.now ? finder.findAny(run) : finder.find(run);
  }

  private void list(RunFinder finder) throws IOException {
    List<DeletedRun> deleted = finder.deleted();
    if (deleted.isEmpty()) {
      here.out().println("No run is deleted");
      return;
    }
    TextTable table = new TextTable("RUN", "NAME", "DELETED", "KEPT UNTIL", "FILES", "MB");
    for (DeletedRun run : deleted) {
      boolean isDue = run.purging() || !here.clock().instant().isBefore(run.purgeableAt());
      table.row(
          run.key().project() + "/" + run.key().run(),
          run.name().orElse(""),
          minute(run.deletedAt()),
          isDue ? "the next --purge" : minute(run.purgeableAt()),
          Integer.toString(run.objects()),
          megabytes(run.sizeBytes()));
    }
    here.out().print(table);
  }

  private void purge(ShardStore store, RunFinder finder) throws IOException {
    RunPurge purge = new RunPurge(store, here.clock());
    int purged = 0;
    for (DeletedRun run : finder.deleted()) {
      if (run.purging() || !here.clock().instant().isBefore(run.purgeableAt())) {
        String shown = run.key().project() + "/" + run.key().run();
        say("Purged", shown, purge.purge(run.key(), When.DUE));
        purged++;
      }
    }
    if (purged == 0) {
      here.out().println("No run was deleted more than 7 days ago");
    }
  }

  private void say(String done, String run, Purged purged) {
    here.out()
        .println(
            "%s %s: %d files, %s MB"
                .formatted(done, run, purged.objects(), megabytes(purged.sizeBytes())));
  }

  private static String summary(ShardStore store, List<RunKey> keys) throws IOException {
    int files = 0;
    long bytes = 0;
    for (RunKey key : keys) {
      for (StoredObject object : store.list(key.prefix()).objects()) {
        files++;
        bytes += object.sizeBytes();
      }
    }
    String runs = keys.size() == 1 ? "1 run" : keys.size() + " runs";
    return "%s with %d files, %s MB".formatted(runs, files, megabytes(bytes));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
  }

  private static String minute(Instant instant) {
    return MINUTE.format(instant.atZone(ZoneId.systemDefault()));
  }
}
