package io.ostraka.drain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalReader;
import io.ostraka.journal.JournalSink;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.ShardFooter;
import io.ostraka.shard.StepSpan;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The step that a run has come to, for who resumes it. Reads last cards, the statistics of shards'
 * footers, and of what waits in a spool the last segment of each journal: no agent is needed, and
 * none is waited for.
 */
public final class LastStep {
  private static final long BYTES_AT_ONCE = 1 << 20;

  private LastStep() {}

  /**
   * The greatest step that no resume hides, or nothing if the run has no points.
   *
   * @param spool the folder of a spool, whose journals of this run count too
   * @throws NoSuchFileException if there is no such run
   */
  public static OptionalLong of(ShardStore store, Path spool, RunKey run) throws IOException {
    return of(store, spool, run, writer -> true);
  }

  /**
   * The same of some of its writers.
   *
   * @param counts which writers' steps count
   */
  public static OptionalLong of(
      ShardStore store, Path spool, RunKey run, Predicate<WriterId> counts) throws IOException {
    try {
      return read(store, spool, run, counts);
    } catch (NoSuchFileException e) {
      // A shard was merged and removed since it was listed: the listing of now has what covers it.
      return read(store, spool, run, counts);
    }
  }

  /**
   * The same, given up after a while.
   *
   * @throws IOException if it is not found in time, with the reason
   */
  public static OptionalLong within(
      Duration time, ShardStore store, Path spool, RunKey run, Predicate<WriterId> counts)
      throws IOException {
    CompletableFuture<OptionalLong> found = new CompletableFuture<>();
    Thread reading =
        new Thread(
            () -> {
              try {
                found.complete(of(store, spool, run, counts));
              } catch (IOException | RuntimeException e) {
                found.completeExceptionally(e);
              }
            },
            "ostraka-last-step");
    reading.setDaemon(true);
    reading.start();
    try {
      return found.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("the root did not answer within " + time.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(cause == null ? e.toString() : String.valueOf(cause.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static OptionalLong read(
      ShardStore store, Path spool, RunKey run, Predicate<WriterId> counts) throws IOException {
    // What vanishes from the spool is published by then, so the spool comes first.
    Map<WriterId, StepSpan> waiting = waiting(store.root(), spool, run);
    RunSnapshot snapshot =
        RunSoFar.find(store, spool, run)
            .orElseThrow(
                () ->
                    new NoSuchFileException(
                        store.root() + "/" + run.prefix(),
                        null,
                        "there is no run \"%s\" in project \"%s\""
                            .formatted(run.run(), run.project())));
    OptionalLong last = OptionalLong.empty();
    for (WriterSnapshot writer : snapshot.writers()) {
      if (!counts.test(writer.key().writer())) {
        continue;
      }
      OptionalLong hiddenFrom = snapshot.hiddenFrom(writer.key().writer());
      StepSpan left = waiting.get(writer.key().writer());
      if (left != null) {
        last = greater(last, below(left, hiddenFrom));
      }
      last = greater(last, published(store, writer, hiddenFrom));
    }
    long fork = snapshot.card().forkStep().orElse(Long.MIN_VALUE);
    return fork > Long.MIN_VALUE ? greater(last, OptionalLong.of(fork - 1)) : last;
  }

  private static OptionalLong published(
      ShardStore store, WriterSnapshot writer, OptionalLong hiddenFrom) throws IOException {
    Card card = writer.card();
    if (writer.state().hasEnded() && card.lastStep().isPresent()) {
      long last = card.lastStep().getAsLong();
      if (hiddenFrom.isEmpty() || last < hiddenFrom.getAsLong()) {
        return card.lastStep();
      }
    }
    OptionalLong last = OptionalLong.empty();
    for (Map.Entry<Stream, List<LiveShard>> shards : writer.shards().entrySet()) {
      if (shards.getKey().stepRequired()) {
        for (LiveShard shard : shards.getValue()) {
          Optional<StepSpan> steps = steps(store, shard);
          if (steps.isPresent()) {
            last = greater(last, below(steps.get(), hiddenFrom));
          }
        }
      }
    }
    return last;
  }

  private static Optional<StepSpan> steps(ShardStore store, LiveShard shard) throws IOException {
    try (LocalCopy copy = store.open(shard.key())) {
      return ShardFooter.readSteps(copy.path(), shard.key());
    } catch (ShardFormatException e) {
      return Optional.empty(); // Damaged since the run was read; readers leave it out.
    }
  }

  /** The greatest of some steps below a bound, as far as least and greatest tell. */
  private static OptionalLong below(StepSpan steps, OptionalLong hiddenFrom) {
    if (hiddenFrom.isEmpty() || steps.greatest() < hiddenFrom.getAsLong()) {
      return OptionalLong.of(steps.greatest());
    }
    return steps.least() < hiddenFrom.getAsLong()
        ? OptionalLong.of(hiddenFrom.getAsLong() - 1)
        : OptionalLong.empty();
  }

  private static OptionalLong greater(OptionalLong a, OptionalLong b) {
    return a.isEmpty() || (b.isPresent() && b.getAsLong() > a.getAsLong()) ? b : a;
  }

  private static Map<WriterId, StepSpan> waiting(URI root, Path folder, RunKey run)
      throws IOException {
    Map<WriterId, StepSpan> waiting = new HashMap<>();
    if (!Files.isDirectory(folder)) {
      return waiting;
    }
    Spool spool = Spool.open(folder);
    for (WriterId writer : spool.writers()) {
      try {
        ofJournal(root, spool.files(writer), run).ifPresent(steps -> waiting.put(writer, steps));
      } catch (NoSuchFileException | StreamCorruptedException | ShardFormatException e) {
        // Its writer is beginning, it was published meanwhile, or nothing can be read of it.
      }
    }
    return waiting;
  }

  private static Optional<StepSpan> ofJournal(URI root, JournalFiles files, RunKey run)
      throws IOException {
    NameTable names = new NameTable();
    try (JournalReader reader = JournalReader.openLast(files, names)) {
      if (!reader.header().writer().run().equals(run) || !sameRoot(root, reader.header().root())) {
        return Optional.empty();
      }
      OptionalLong before = reader.header().progress().step();
      Optional<StepSpan> all =
          before.isPresent()
              ? Optional.of(new StepSpan(before.getAsLong(), before.getAsLong()))
              : Optional.empty();
      Steps steps = new Steps(names);
      while (reader.read(steps, Long.MAX_VALUE, BYTES_AT_ONCE) > 0) {
        Optional<StepSpan> read = steps.take();
        Optional<StepSpan> earlier = all;
        all = read.map(span -> earlier.map(span::and).orElse(span)).or(() -> earlier);
      }
      return all;
    }
  }

  private static boolean sameRoot(URI one, URI other) {
    try {
      return one.equals(other)
          || (one.getScheme().equals("file")
              && "file".equals(other.getScheme())
              && Files.isSameFile(Path.of(one), Path.of(other)));
    } catch (IOException e) {
      return false;
    }
  }

  /** Keeps the rows of some records until it was asked for their steps. */
  private static final class Steps implements JournalSink {
    private final NameTable names;
    private final Map<Stream, RowBuffer> rows = new EnumMap<>(Stream.class);

    Steps(NameTable names) {
      this.names = names;
    }

    @Override
    public @Nullable RowBuffer rows(Stream stream) {
      return stream.stepRequired()
          ? rows.computeIfAbsent(stream, unused -> new RowBuffer(stream, names))
          : null;
    }

    @Override
    public void card(ObjectNode change) {
      // Says nothing of steps.
    }

    @Override
    public void close(ObjectNode last) {
      // Nothing follows; the reader stops by itself.
    }

    Optional<StepSpan> take() {
      Optional<StepSpan> all =
          rows.values().stream()
              .filter(buffer -> buffer.size() > 0)
              .map(buffer -> new StepSpan(buffer.leastStep(), buffer.greatestStep()))
              .reduce(StepSpan::and);
      rows.clear();
      return all;
    }
  }
}
