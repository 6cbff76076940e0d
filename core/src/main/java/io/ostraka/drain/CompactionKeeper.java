package io.ostraka.drain;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.compact.CompactionResult;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.compact.Compactor;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Keeps the shards few that a spool's drainers publish: merges while a run goes on and once more
 * when it has ended, and retires what was merged. A file in the spool, {@code compact.<writer>},
 * says that this is still to be done, so that another agent takes it up.
 *
 * <p>One thread calls {@link #look} again and again; the other methods are for any thread.
 */
public final class CompactionKeeper implements AutoCloseable {
  private static final long LEFT_OVERS_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(5);
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);
  private static final int FAILURES_WORTH_WAITING = 3;

  private final Spool spool;
  private final Path scratch;
  private final DrainSettings settings;
  private final CompactionSettings compaction;
  private final Consumer<String> log;
  private final Map<WriterId, Job> jobs = new ConcurrentHashMap<>();
  private final Map<URI, Root> roots = new ConcurrentHashMap<>();
  private long nextLeftOvers;
  private boolean madeScratch;

  /**
   * A keeper that has not looked yet.
   *
   * @param owner whose keeper it is, no other process's: it names the folder in the spool where
   *     merged shards are made
   * @param log takes one line for a person at a time
   */
  public CompactionKeeper(
      Spool spool,
      String owner,
      DrainSettings settings,
      CompactionSettings compaction,
      Consumer<String> log) {
    this.spool = spool;
    this.scratch = scratch(spool, owner);
    this.settings = settings;
    this.compaction = compaction;
    this.log = log;
    this.nextLeftOvers = settings.ticks().getAsLong();
  }

  private static Path scratch(Spool spool, String owner) {
    return spool.folder().resolve(".merge." + owner);
  }

  /** Takes the writer of a journal into its care, until it has ended and all is merged. */
  public void begin(Drainer drainer) {
    WriterKey writer = drainer.writer();
    try {
      Path file = CompactionFile.write(spool, drainer.root(), writer);
      take(file, drainer.root(), writer, false);
    } catch (IOException e) {
      log.accept("does not compact %s: %s".formatted(writer.writer(), e.getMessage()));
    }
    Job job = jobs.get(writer.writer());
    if (job != null) {
      job.ended = false;
      drainer.tell((stream, name, bytes) -> published(job, stream, name, bytes));
    }
  }

  private void published(Job job, Stream stream, ShardName name, long bytes) {
    Root root = roots.get(job.root);
    if (root != null) {
      root.compactor().published(job.writer, stream, name, bytes);
    }
  }

  /** Notes that a writer has ended and its journal is gone. */
  public void ended(WriterId writer) {
    Job job = jobs.get(writer);
    if (job != null) {
      job.ended = true;
    }
  }

  /** Whether something is left that waiting longer may get done. */
  public boolean isBusy() {
    return jobs.values().stream().anyMatch(job -> job.failures.get() < FAILURES_WORTH_WAITING);
  }

  /** Does everything that is due by now. */
  public void look() {
    takeLeftOvers();
    for (Job job : jobs.values()) {
      if (settings.ticks().getAsLong() - job.notBefore >= 0) {
        look(job);
      }
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
    closeUnusedRoots();
  }

  private void look(Job job) {
    boolean ended = job.ended;
    try {
      Root root = root(job.root);
      boolean last = ended && !job.lastPassDone;
      if (!last && !root.compactor().isDue(job.writer)) {
        return;
      }
      CompactionResult result = root.compact(job.writer);
      say(job, result);
      if (!result.problems().isEmpty()) {
        failed(job, result.problems().get(0).message());
        return;
      }
      job.failures.set(0);
      job.said = "";
      job.lastPassDone = ended;
      if (ended && result.waiting() == 0) {
        root.compactor().forget(job.writer);
        finish(job);
      }
    } catch (IOException e) {
      failed(job, String.valueOf(e.getMessage()));
    }
  }

  private void say(Job job, CompactionResult result) {
    if (result.merges() > 0 || result.retired() > 0) {
      log.accept(
          "compacted %s: %d shards into %d, %d bytes read, %d written, %d retired, %d wait to be"
              .formatted(
                  job.writer.shown(),
                  result.sourcesMerged(),
                  result.merges(),
                  result.bytesRead(),
                  result.bytesWritten(),
                  result.retired(),
                  result.waiting()));
    }
  }

  private void failed(Job job, String message) {
    if (!message.equals(job.said)) {
      log.accept("cannot compact " + job.writer.shown() + " now: " + message);
      job.said = message;
    }
    long wait = FIRST_BACK_OFF.toNanos() << Math.min(job.failures.getAndIncrement(), 16);
    job.notBefore = settings.ticks().getAsLong() + Math.min(LONGEST_BACK_OFF.toNanos(), wait);
  }

  private void finish(Job job) throws IOException {
    jobs.remove(job.writer.writer());
    Files.deleteIfExists(job.file);
    job.lock.close();
  }

  /** Takes up what an agent that was killed left to be done. */
  private void takeLeftOvers() {
    long now = settings.ticks().getAsLong();
    if (now - nextLeftOvers < 0) {
      return;
    }
    nextLeftOvers = now + LEFT_OVERS_NANOS;
    try {
      for (Path file : CompactionFile.all(spool)) {
        // To read one that is locked here would let go of the lock.
        if (jobs.values().stream().anyMatch(job -> job.file.equals(file))) {
          continue;
        }
        Optional<CompactionFile> left = CompactionFile.read(file);
        if (left.isEmpty()) {
          log.accept(
              "leaves " + file + " alone: it is damaged; remove it, and run ostraka compact");
        } else if (spool.files(left.get().writer().writer()).segments().isEmpty()) {
          removeScratch(scratch(spool, left.get().writer().writer().text()));
          take(file, left.get().root(), left.get().writer(), true);
        }
      }
    } catch (IOException e) {
      log.accept("cannot look for what is left to be compacted: " + e.getMessage());
    }
  }

  private void take(Path file, URI root, WriterKey writer, boolean ended) throws IOException {
    if (jobs.containsKey(writer.writer())) {
      return;
    }
    Optional<AliveLock> lock = AliveLock.tryLock(file);
    if (lock.isPresent()) {
      Job job = new Job(file, lock.get(), root, writer, settings.ticks().getAsLong());
      job.ended = ended;
      jobs.put(writer.writer(), job);
    }
  }

  private Root root(URI uri) throws IOException {
    Root open = roots.get(uri);
    if (open == null) {
      Files.createDirectories(scratch);
      madeScratch = true;
      ShardStore store = settings.stores().open(uri);
      open = new Root(uri, store, new Compactor(store, scratch, compaction));
      roots.put(uri, open);
    }
    return open;
  }

  private void closeUnusedRoots() {
    roots
        .values()
        .removeIf(
            root -> {
              boolean unused = jobs.values().stream().noneMatch(job -> job.root.equals(root.uri()));
              if (unused) {
                root.store().close();
              }
              return unused;
            });
  }

  /** Lets go of everything; what is left to be done stays noted in the spool. */
  @Override
  public void close() throws IOException {
    for (Job job : jobs.values()) {
      job.lock.close();
    }
    jobs.clear();
    closeUnusedRoots();
    if (madeScratch) {
      removeScratch(scratch);
    }
  }

  private static void removeScratch(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Compactor.removeLeftOvers(folder);
      Files.deleteIfExists(folder);
    }
  }

  private record Root(URI uri, ShardStore store, Compactor compactor) {
    CompactionResult compact(WriterKey writer) throws IOException {
      if (!store.isPrepared(writer.prefix())) {
        throw new IOException(
            "the folder of writer %s is not in %s: the root is not mounted, or the run was deleted"
                .formatted(writer.writer(), uri));
      }
      return compactor.compact(writer);
    }
  }

  /** One writer. The volatile fields are for any thread, the others for the one that looks. */
  private static final class Job {
    private final Path file;
    private final AliveLock lock;
    private final URI root;
    private final WriterKey writer;
    private volatile boolean ended;
    private final AtomicInteger failures = new AtomicInteger();
    private boolean lastPassDone;
    private long notBefore;
    private String said = "";

    Job(Path file, AliveLock lock, URI root, WriterKey writer, long notBefore) {
      this.file = file;
      this.lock = lock;
      this.root = root;
      this.writer = writer;
      this.notBefore = notBefore;
    }
  }
}
