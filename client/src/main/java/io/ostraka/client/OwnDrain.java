package io.ostraka.client;

import io.ostraka.drain.AliveLock;
import io.ostraka.drain.DrainSettings;
import io.ostraka.drain.Drainer;
import io.ostraka.drain.Spool;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.Position;
import io.ostraka.journal.SpoolRoom;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The thread by which a Java program drains its own journal, and allocates ahead of its appends.
 */
final class OwnDrain implements AutoCloseable {
  private static final int AHEAD_BYTES = 4 << 20;
  private static final int PAUSE_MILLIS = 20;
  private static final int LONGEST_PAUSE_MILLIS = 5000;

  /** How long a look that is under way may still take at the end. */
  private static final int STOP_MILLIS = 2000;

  private final JournalFiles files;
  private final JournalWriter journal;
  private final AliveLock alive;
  private final Drainer drainer;
  private final OwnCompaction compaction;
  private final long beatNanos;
  private final Consumer<String> say;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean letGo;
  private @Nullable IOException kept;

  private OwnDrain(
      Spool spool,
      JournalFiles files,
      DrainSettings settings,
      JournalWriter journal,
      AliveLock alive,
      Duration heartbeat,
      Consumer<String> say)
      throws IOException {
    this.say = say;
    this.beatNanos = heartbeat.toNanos();
    this.files = files;
    this.journal = journal;
    this.alive = alive;
    this.drainer =
        Drainer.open(files, settings, () -> !letGo)
            .orElseThrow(() -> new IOException("Another process drains " + files.drain()));
    this.compaction = OwnCompaction.start(spool, settings, drainer);
    this.thread = new Thread(this::run, "ostraka-drain");
    thread.setDaemon(true);
  }

  static OwnDrain start(
      Spool spool,
      JournalFiles files,
      DrainSettings settings,
      JournalWriter journal,
      AliveLock alive,
      Duration heartbeat,
      Consumer<String> say)
      throws IOException {
    OwnDrain drain = new OwnDrain(spool, files, settings, journal, alive, heartbeat, say);
    drain.thread.start();
    return drain;
  }

  /** Keeps a failure of a call that must not throw, for the next one that may. */
  synchronized void keep(IOException failure) {
    if (kept == null) {
      kept = failure;
    }
  }

  /**
   * Waits until a position is published.
   *
   * @throws IOException if it is not within the time, or if an earlier call failed
   */
  void awaitPublished(long position, Duration patience) throws IOException {
    long start = System.nanoTime();
    while (journal.control().published() < position) {
      if (System.nanoTime() - start > patience.toNanos() || !pause(1)) {
        throw new IOException(left(position));
      }
    }
    throwKept();
  }

  /** What is left, where it lies, why, and how to publish it. */
  private String left(long position) {
    long published = journal.control().published();
    long bytes =
        (Position.segment(position) - Position.segment(published)) * journal.segmentBytes()
            + Position.offset(position)
            - Position.offset(published);
    long dropped = journal.dropped();
    return "%s of the journal are not published yet%s; they are safe in %s: run ostraka publish --spool %s%s"
        .formatted(
            SpoolRoom.shown(bytes),
            journal.control().lastError().map(why -> " (" + why + ")").orElse(""),
            files.spool(),
            files.spool(),
            dropped == 0 ? "" : " (" + dropped + " points were dropped for lack of room)");
  }

  private synchronized void throwKept() throws IOException {
    IOException failure = kept;
    if (failure != null) {
      kept = null;
      throw failure;
    }
  }

  private void run() {
    long nextBeat = System.nanoTime();
    long nextLook = nextBeat;
    int wait = PAUSE_MILLIS;
    while (!stopping) {
      long now = System.nanoTime();
      if (now - nextBeat >= 0) {
        journal.control().beat(journal.control().beat() + 1);
        nextBeat = now + beatNanos;
      }
      journal.allocateAhead(AHEAD_BYTES);
      // A store that is away is not asked every time; the rest goes on.
      if (now - nextLook >= 0) {
        wait = look(wait);
        nextLook = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
      }
      if (!pause(Math.min(wait, PAUSE_MILLIS))) {
        return;
      }
    }
  }

  /**
   * Looks once.
   *
   * @return how long to wait for the next look, in milliseconds
   */
  private int look(int waited) {
    try {
      return drainer.look() == Drainer.Outcome.WORKED ? 0 : PAUSE_MILLIS;
    } catch (IOException e) {
      return longer(waited); // the reason lies beside the journal, where flush and close find it
    } catch (RuntimeException | Error e) {
      say.accept("Publishing failed and is tried again: " + e);
      return LONGEST_PAUSE_MILLIS;
    }
  }

  private static int longer(int waited) {
    return Math.min(LONGEST_PAUSE_MILLIS, Math.max(PAUSE_MILLIS, 2 * waited));
  }

  /** Lets go of the journal: removes it if everything is published, else leaves it to an agent. */
  @Override
  public void close() throws IOException {
    stopping = true;
    try {
      thread.join(STOP_MILLIS);
      if (thread.isAlive()) {
        return; // A store that hangs keeps it; what is left is the process's end to let go of.
      }
      journal.close();
      letGo = true;
      boolean published = journal.control().published() >= journal.position();
      compaction.close(published && drainer.look() == Drainer.Outcome.GONE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!thread.isAlive()) {
        drainer.close();
        alive.close();
      }
    }
  }

  private static boolean pause(int millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
