package io.ostraka.drain;

import io.ostraka.WriterId;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.journal.ControlFile;
import io.ostraka.journal.JournalFiles;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Publishes what waits in a spool once, in the foreground, for machines where no agent may run. */
public final class Publisher {
  private final Spool spool;
  private final DrainSettings settings;
  private final CompactionSettings compaction;

  /** Says what happens while a spool is published. */
  public interface Progress {
    /**
     * Some of a journal was published.
     *
     * @param journal which one, from 0
     * @param journals how many there are
     * @param bytes how many bytes of it are published
     */
    void published(WriterId writer, int journal, int journals, long bytes);
  }

  /**
   * What became of the journals.
   *
   * @param published journals of which nothing waits any more
   * @param left journals of which something is left, a line for each that says why
   */
  public record Result(List<WriterId> published, List<String> left) {}

  /** A publisher of one spool. */
  public Publisher(Spool spool, DrainSettings settings, CompactionSettings compaction) {
    this.spool = spool;
    this.settings = settings;
    this.compaction = compaction;
  }

  /**
   * Publishes everything that was appended until now, ends the runs of dead writers, and merges the
   * shards of those that have ended. Covered shards are left to an agent or to {@code ostraka
   * compact}: nobody waits for that.
   *
   * @throws IOException if the spool cannot be read, or is a copy of another one
   */
  public Result run(Progress progress) throws IOException {
    Agent.checkNotCopied(spool);
    List<WriterId> writers = new ArrayList<>();
    for (WriterId writer : spool.writers()) {
      if (!spool.files(writer).segments().isEmpty()) {
        writers.add(writer);
      }
    }
    List<WriterId> published = new ArrayList<>();
    List<String> left = new ArrayList<>();
    try (CompactionKeeper keeper =
        new CompactionKeeper(spool, "publish", settings, compaction, line -> {})) {
      for (int i = 0; i < writers.size(); i++) {
        WriterId writer = writers.get(i);
        Optional<String> why = publish(writer, i, writers.size(), progress, keeper);
        why.ifPresentOrElse(
            reason -> left.add(writer + ": " + reason), () -> published.add(writer));
      }
      merge(keeper);
    }
    return new Result(published, left);
  }

  /** Merges, unless another publisher of the spool is at it. */
  private void merge(CompactionKeeper keeper) throws IOException {
    Optional<AliveLock> turn = AliveLock.tryLock(spool.publishLock());
    if (turn.isPresent()) {
      keeper.look();
      turn.get().close();
    }
  }

  private Optional<String> publish(
      WriterId writer, int journal, int journals, Progress progress, CompactionKeeper keeper) {
    JournalFiles files = spool.files(writer);
    try {
      Optional<Drainer> opened =
          Drainer.open(files, settings, () -> AliveLock.isHeld(files.alive()));
      if (opened.isEmpty()) {
        return Optional.of(heldUp(files).orElse("an agent or the program itself is publishing it"));
      }
      try (Drainer drainer = opened.get()) {
        keeper.begin(drainer);
        Drainer.Outcome outcome = Drainer.Outcome.WORKED;
        while (outcome == Drainer.Outcome.WORKED) {
          outcome = drainer.publishNow();
          progress.published(writer, journal, journals, drainer.bytesPublished());
        }
        if (outcome == Drainer.Outcome.GONE) {
          keeper.ended(writer);
        }
      }
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return discard(files);
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** What keeps the drainer that has a journal from publishing it, if something does. */
  public static Optional<String> heldUp(JournalFiles files) {
    try {
      return ControlFile.open(files.control()).lastError();
    } catch (IOException e) {
      return Optional.empty(); // Just published and removed.
    }
  }

  /** Of a writer that was killed while it began nothing is left to publish. */
  private static Optional<String> discard(JournalFiles files) {
    try {
      if (AliveLock.isHeld(files.alive())) {
        return Optional.of("its writer is just beginning");
      }
      files.deleteAll();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
