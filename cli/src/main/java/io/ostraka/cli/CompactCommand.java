package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.Problem;
import io.ostraka.compact.CompactionResult;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.compact.Compactor;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka compact}. */
@Command(
    name = "compact",
    description = {
      "Merge the shards of runs into few large ones, so that they are read faster.",
      "",
      "Agents do it by themselves; this is for runs that were logged without one. By anyone, at any time, also while a run goes on."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka compact                 all runs in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka compact /data/runs      all runs of another folder",
      "  ostraka compact mlp-64 mlp-128  two runs"
    })
final class CompactCommand implements Callable<Integer> {
  private static final String WRITER = "writer=";

  private final Surroundings here;
  private final CompactionSettings settings;

  @Parameters(
      arity = "0..*",
      paramLabel = "ROOT|RUN",
      description =
          "A folder or bucket with runs, or runs by id, name, or begin of the id. Not given: all.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--wait",
      description =
          "Wait for the 15 minutes after which merged shards' sources may go, and remove them.")
  private boolean wait;

  @Mixin private RunOptions options = new RunOptions();

  CompactCommand(Surroundings here, CompactionSettings settings) {
    this.here = here;
    this.settings = settings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<Root> root = RunOptions.onlyRoot(arguments, here);
    try (Stores stores = new Stores(here);
        ShardStore store =
            root.isPresent() ? RunOptions.open(root.get(), stores) : options.open(here, stores)) {
      List<WriterKey> writers = writers(store, root.isPresent() ? List.of() : arguments);
      Path scratch = Files.createTempDirectory("ostraka-compact");
      try {
        compact(store, writers, scratch);
      } finally {
        Compactor.removeLeftOvers(scratch);
        Files.deleteIfExists(scratch);
      }
    }
    return 0;
  }

  private void compact(ShardStore store, List<WriterKey> writers, Path scratch)
      throws IOException, InterruptedException {
    Compactor compactor = new Compactor(store, scratch, settings);
    CompactProgress progress = new CompactProgress(here.err(), here.terminal(), writers.size());
    LiveShards before = LiveShards.of(store, writers);
    CompactionResult result = CompactionResult.NOTHING;
    for (WriterKey writer : writers) {
      result = result.plus(compactor.compact(writer));
      progress.done(result);
    }
    progress.end();
    result.problems().stream().map(Problem::message).forEach(here.err()::println);
    here.out().println(summary(before, LiveShards.of(store, writers), result));
    if (wait) {
      int removed = retire(compactor, writers);
      here.out().printf(Locale.ROOT, "Removed %,d shards that are merged%n", removed);
    } else if (compactor.waiting()) {
      here.out()
          .printf(
              Locale.ROOT,
              "%,d shards that are merged stay for readers that have them open, %d minutes at least; an agent, or a later 'ostraka compact --wait', removes them%n",
              result.waiting(),
              settings.retireAfter().toMinutes());
    }
  }

  private int retire(Compactor compactor, List<WriterKey> writers)
      throws IOException, InterruptedException {
    int removed = 0;
    for (OptionalLong next = compactor.nextRetire();
        next.isPresent();
        next = compactor.nextRetire()) {
      long nanos = next.getAsLong() - settings.ticks().getAsLong();
      if (nanos > 0) {
        here.err()
            .println(
                "Waiting for " + (Duration.ofNanos(nanos).toSeconds() + 1) + " s; Ctrl-C ends it");
        TimeUnit.NANOSECONDS.sleep(nanos);
      }
      for (WriterKey writer : writers) {
        removed += compactor.compact(writer).retired();
      }
    }
    return removed;
  }

  private List<WriterKey> writers(ShardStore store, List<String> runs) throws IOException {
    Catalog catalog = new Catalog(store);
    RunFinder finder = new RunFinder(store, here.clock(), options.project());
    List<WriterKey> writers = new ArrayList<>();
    for (RunKey run : finder.findOrAll(runs)) {
      catalog.namesBelow(run).stream()
          .filter(name -> name.startsWith(WRITER))
          .map(name -> name.substring(WRITER.length()))
          .filter(WriterId::isWriterId)
          .forEach(id -> writers.add(new WriterKey(run, new WriterId(id))));
    }
    return writers;
  }

  private static String summary(LiveShards before, LiveShards after, CompactionResult result) {
    double amplification =
        before.bytes() == 0 ? 0 : (double) result.bytesWritten() / before.bytes();
    return String.format(
        Locale.ROOT,
        "%,d shards before, %,d after; %,d merges read %.1f MB and wrote %.1f MB, %.2f times what there was",
        before.count(),
        after.count(),
        result.merges(),
        result.bytesRead() / 1e6,
        result.bytesWritten() / 1e6,
        amplification);
  }
}
