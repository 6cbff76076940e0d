package io.ostraka.client;

import io.ostraka.drain.AliveLock;
import io.ostraka.drain.DrainSettings;
import io.ostraka.drain.Drainer;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread by which a Java program drains its own journal, and allocates ahead of its appends.
 */
final class OwnDrain implements AutoCloseable {
  private static final int AHEAD_BYTES = 4 << 20;
  private static final int PAUSE_MILLIS = 20;
  private static final int LONGEST_PAUSE_MILLIS = 5000;
  private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final JournalFiles files;
  private final JournalWriter journal;
  private final AliveLock alive;
  private final Drainer drainer;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean letGo;
  private @Nullable IOException kept;

  private OwnDrain(
      JournalFiles files, DrainSettings settings, JournalWriter journal, AliveLock alive)
      throws IOException {
    this.files = files;
    this.journal = journal;
    this.alive = alive;
    this.drainer =
        Drainer.open(files, settings, () -> !letGo)
            .orElseThrow(() -> new IOException("Another process drains " + files.drain()));
    this.thread = new Thread(this::run, "ostraka-drain");
    thread.setDaemon(true);
  }

  static OwnDrain start(
      JournalFiles files, DrainSettings settings, JournalWriter journal, AliveLock alive)
      throws IOException {
    OwnDrain drain = new OwnDrain(files, settings, journal, alive);
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

  private String left(long position) {
    long published = journal.control().published();
    long bytes =
        (long) (Position.segment(position) - Position.segment(published)) * (64L << 20)
            + Position.offset(position)
            - Position.offset(published);
    return "%d bytes of the journal are not published yet%s; they are safe in %s: run ostraka publish --spool %s"
        .formatted(
            bytes,
            journal.control().lastError().map(why -> " (" + why + ")").orElse(""),
            files.spool(),
            files.spool());
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
    int wait = PAUSE_MILLIS;
    while (!stopping) {
      if (System.nanoTime() - nextBeat >= 0) {
        journal.control().beat(journal.control().beat() + 1);
        nextBeat += BEAT_NANOS;
      }
      try {
        journal.allocateAhead(AHEAD_BYTES);
        Drainer.Outcome outcome = drainer.look();
        wait = outcome == Drainer.Outcome.WORKED ? 0 : PAUSE_MILLIS;
      } catch (IOException e) {
        wait = Math.min(LONGEST_PAUSE_MILLIS, Math.max(PAUSE_MILLIS, 2 * wait));
      }
      if (!pause(wait)) {
        return;
      }
    }
  }

  /** Lets go of the journal: removes it if everything is published, else leaves it to an agent. */
  @Override
  public void close() throws IOException {
    stopping = true;
    try {
      thread.join();
      journal.close();
      letGo = true;
      if (journal.control().published() >= journal.position()) {
        drainer.look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      drainer.close();
      alive.close();
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
