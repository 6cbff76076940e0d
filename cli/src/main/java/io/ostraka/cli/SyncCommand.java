package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import io.ostraka.sync.Sync;
import io.ostraka.sync.SyncResult;
import io.ostraka.sync.SyncScope;
import io.ostraka.sync.SyncSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka sync}. */
@Command(
    name = "sync",
    description = {
      "Copy runs from one folder or bucket to another, one way.",
      "",
      "Doing it again copies what is new. It may be stopped at any moment and goes on from there. Programs may go on logging meanwhile. Nothing is removed at the target unless told to."
    },
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The target has everything.",
      "1:Something could not be copied.",
      "2:A wrong call.",
      "130:Stopped by Ctrl-C; what was copied stays."
    },
    footer = {
      "",
      "Examples:",
      "  ostraka sync ./ostraka-runs s3://my-runs/team   a folder to a bucket; docs/buckets.md says how it is found",
      "  ostraka sync s3://my-runs/team /data/runs --project digits",
      "  ostraka sync runs /mnt/share/runs --run mlp-64 --watch",
      "                                                  one run, until it ends",
      "  ostraka sync runs s3://my-runs/team --dry-run   what would be copied"
    })
final class SyncCommand implements Callable<Integer> {
  private static final int PROBLEMS_SHOWN = 10;

  private final Surroundings here;

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = "The folder or bucket with the runs.")
  private String source = "";

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = "The folder or bucket to copy them to. A folder is made if it is not there.")
  private String target = "";

  @Option(
      names = "--project",
      paramLabel = "PROJECT",
      description = "Copy this project only. Not given: all of them.")
  private @Nullable String project;

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description =
          "Copy this run only, by its id, its name, or the begin of the id; may be given again.")
  private List<String> runs = new ArrayList<>();

  @Option(
      names = "--watch",
      description = "Go on until no run there is running any more; Ctrl-C ends it earlier.")
  private boolean watch;

  @Option(
      names = "--verify",
      description = "Compare by content what the target has already; put right what is damaged.")
  private boolean verify;

  @Option(
      names = "--delete",
      description =
          "Remove at the target shards that merged ones took the place of, and runs that were deleted there 7 days ago and that SOURCE has no more.")
  private boolean delete;

  @Option(names = "--dry-run", description = "Change nothing; say what would be copied.")
  private boolean dryRun;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Copy so many files at a time. Not given: ${DEFAULT-VALUE}.")
  private int jobs = SyncSettings.JOBS;

  @Option(
      names = "--source-profile",
      paramLabel = "NAME",
      description = "The AWS profile for SOURCE, where the two buckets need different ones.")
  private @Nullable String sourceProfile;

  @Option(names = "--target-profile", paramLabel = "NAME", description = "The same for TARGET.")
  private @Nullable String targetProfile;

  @Option(names = "--json", description = "Print JSON instead of text.")
  private boolean asJson;

  SyncCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Root from = Root.of(source, here.folder());
    Root to = Root.of(target, here.folder());
    checkCall(from, to);
    try (Stores sources = new Stores(here.withProfile(sourceProfile));
        Stores targets = isOneProfile() ? sources : new Stores(here.withProfile(targetProfile));
        ShardStore store = sources.open(from);
        ShardStore copy = targets.open(to)) {
      SyncScope scope = scope(from, store);
      SyncSettings settings = new SyncSettings(jobs, verify, delete, dryRun, here.clock());
      SyncResult result = sync(store, copy, settings, scope);
      print(from, to, result, requests(sources, targets));
      return result.problems().isEmpty() ? 0 : 1;
    }
  }

  private boolean isOneProfile() {
    return Objects.equals(sourceProfile, targetProfile);
  }

  private RequestCount requests(Stores sources, Stores targets) {
    return isOneProfile() ? sources.requests() : sources.requests().plus(targets.requests());
  }

  private void checkCall(Root from, Root to) {
    if (jobs < 1 || jobs > SyncSettings.MOST_JOBS) {
      throw new WrongCall("--jobs " + jobs + ": give 1 to " + SyncSettings.MOST_JOBS);
    }
    if (watch && dryRun) {
      throw new WrongCall("--watch and --dry-run do not go together");
    }
    if (isOneProfile() || from.folder().isPresent()) {
      from.checkApart(to);
    }
  }

  private SyncScope scope(Root from, ShardStore store) throws IOException {
    if (from.folder().isPresent() && !Files.exists(from.folder().get())) {
      throw new IOException("Cannot copy from " + from.shown() + ": it does not exist");
    }
    RunFinder finder = new RunFinder(store, here.clock(), Optional.ofNullable(project));
    if (finder.projects().isEmpty()) {
      throw new IOException(
          "Cannot copy from "
              + from.shown()
              + ": there are no runs; name the folder or bucket that holds the project=… folders");
    }
    List<RunKey> keys = new ArrayList<>();
    for (String run : runs) {
      keys.add(finder.find(run));
    }
    return new SyncScope(Optional.ofNullable(project), keys);
  }

  private SyncResult sync(ShardStore store, ShardStore copy, SyncSettings settings, SyncScope scope)
      throws IOException, InterruptedException {
    SyncBar bar = new SyncBar(here.err(), here.terminal(), System::nanoTime);
    try (Sync sync = new Sync(store, copy, settings, bar);
        StopBySignal signal = new StopBySignal(sync, here.err(), bar)) {
      return signal.unlessStopped(() -> watch ? sync.watch(scope, signal::pause) : sync.run(scope));
    } finally {
      bar.end();
    }
  }

  private void print(Root from, Root to, SyncResult result, RequestCount requests)
      throws IOException {
    if (asJson) {
      here.out().print(SyncJson.of(from, to, dryRun, result, requests));
    } else {
      SyncText.lines(from.shown(), to.shown(), dryRun, result).forEach(here.out()::println);
    }
    result.problems().stream()
        .limit(PROBLEMS_SHOWN)
        .forEach(problem -> here.err().println("Left out: " + problem.message()));
    int more = result.problems().size() - PROBLEMS_SHOWN;
    if (more > 0) {
      here.err().println("… and " + more + " more; --json lists all");
    }
  }
}
