package io.ostraka.drain;

import io.ostraka.ShardFormatException;
import io.ostraka.WriterId;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.journal.JournalFiles;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one process of a spool that drains all of its journals, those of dead writers too, and ends
 * when nothing is left to do. One thread for each journal, so that a store that hangs holds up its
 * own runs only.
 */
public final class Agent {
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration LOOK_AT_SPOOL = Duration.ofMillis(100);
  private static final Duration LOOK_AT_COMPACTION = Duration.ofMillis(500);
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(5);
  private static final Duration REFUSED_FOR = Duration.ofMinutes(1);
  private static final Duration GIVEN_UP_FOR = Duration.ofSeconds(20);
  private static final Duration LIFE_IS_KNOWN_FOR = Duration.ofMillis(200);

  private final Spool spool;
  private final DrainSettings settings;
  private final CompactionKeeper compaction;
  private final Duration idle;
  private final Consumer<String> log;
  private final Map<WriterId, Thread> drainers = new HashMap<>();

  /** Until which tick a journal is left alone. */
  private final Map<WriterId, Long> refused = new ConcurrentHashMap<>();

  private final Set<WriterId> ownerless = new HashSet<>();

  /**
   * An agent that has not begun.
   *
   * @param compaction how shards are merged
   * @param idle how long it stays without journals, and without shards to merge or retire
   * @param log takes one line for a person at a time, from any thread
   */
  public Agent(
      Spool spool,
      DrainSettings settings,
      CompactionSettings compaction,
      Duration idle,
      Consumer<String> log) {
    this.spool = spool;
    this.settings = settings;
    this.compaction = new CompactionKeeper(spool, "agent", settings, compaction, log);
    this.idle = idle;
    this.log = log;
  }

  /**
   * Drains until nothing is left to do for the idle time, or until the thread is interrupted.
   *
   * @return false if another agent looks after the spool
   * @throws IOException if the spool cannot be read, or is a copy of another one
   */
  public boolean run() throws IOException {
    checkNotCopied(spool);
    Optional<AliveLock> lock = lock();
    if (lock.isEmpty()) {
      return false;
    }
    try {
      noteWhoIsHere(lock.get());
      serve();
    } finally {
      lock.get().close();
    }
    return true;
  }

  /** For people who ask for the status; nothing is decided by it. */
  private void noteWhoIsHere(AliveLock lock) {
    try {
      long process = ProcessHandle.current().pid();
      lock.note(process + " " + settings.clock().instant().truncatedTo(ChronoUnit.SECONDS));
    } catch (IOException e) {
      // The disk is full, and the agent is there to make room.
    }
  }

  private void serve() throws IOException {
    log.accept("agent started for " + spool.folder());
    Thread compactor = daemon(this::compact, "compact");
    long busy = settings.ticks().getAsLong();
    while (settings.ticks().getAsLong() - busy < idle.toNanos() && pause(LOOK_AT_SPOOL)) {
      if (lookAtSpool() || compaction.isBusy()) {
        busy = settings.ticks().getAsLong();
      }
    }
    log.accept("agent ends: " + (Thread.interrupted() ? "asked to" : "nothing left to do"));
    compactor.interrupt();
    drainers.values().forEach(Thread::interrupt);
    join(compactor);
    drainers.values().forEach(Agent::join);
    compaction.close();
  }

  private void compact() {
    while (pause(LOOK_AT_COMPACTION)) {
      compaction.look();
    }
  }

  /** Refuses a spool that was copied from another place, where its first agent may come back. */
  static void checkNotCopied(Spool spool) throws IOException {
    if (spool.copied()) {
      throw new IOException(
          "%s is a copy of another spool; if that one is gone for good, publish this one with ostraka publish --take-over --spool %s"
              .formatted(spool.folder(), spool.folder()));
    }
  }

  private Optional<AliveLock> lock() throws IOException {
    long start = settings.ticks().getAsLong();
    Optional<AliveLock> lock = AliveLock.tryLock(spool.agentLock());
    while (lock.isEmpty()
        && settings.ticks().getAsLong() - start < LOCK_PATIENCE.toNanos()
        && pause(PAUSE)) {
      lock = AliveLock.tryLock(spool.agentLock());
    }
    return lock;
  }

  /** Starts drainers for new journals; true while there is any journal that can be drained. */
  private boolean lookAtSpool() throws IOException {
    drainers.values().removeIf(thread -> !thread.isAlive());
    for (WriterId writer : spool.writers()) {
      if (drainers.containsKey(writer) || isRefused(writer)) {
        continue;
      }
      JournalFiles files = spool.files(writer);
      if (files.segments().isEmpty()) {
        removeLeftOvers(writer, files);
        continue;
      }
      open(writer, files);
    }
    return !drainers.isEmpty();
  }

  private void open(WriterId writer, JournalFiles files) throws IOException {
    try {
      Optional<Drainer> opened = Drainer.open(files, settings, life(files));
      opened.ifPresent(drainer -> start(writer, drainer));
      ownerless.remove(writer);
    } catch (NoSuchFileException e) {
      removeLeftOvers(writer, files); // its writer is beginning, or was killed while it began
    } catch (StreamCorruptedException e) {
      if (!isAlive(files)) {
        refuse(writer, e.getMessage());
      }
    } catch (IOException e) {
      refuse(writer, e.getMessage());
    }
  }

  private void start(WriterId writer, Drainer drainer) {
    compaction.begin(drainer);
    try {
      drainers.put(writer, daemon(() -> drain(drainer), "drain-" + writer));
    } catch (OutOfMemoryError e) { // no thread is to be had; nothing else is short
      giveUp(drainer, e);
      close(drainer);
    }
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void close(Drainer drainer) {
    try {
      drainer.close();
    } catch (IOException e) {
      // Its locks fall with the descriptors all the same.
    }
  }

  private void drain(Drainer drainer) {
    String name = drainer.writer().shown();
    log.accept("drains " + name);
    Duration backOff = PAUSE;
    String lastError = "";
    try (drainer) {
      while (true) {
        Duration wait = PAUSE;
        try {
          Drainer.Outcome outcome = drainer.look();
          if (outcome == Drainer.Outcome.GONE) {
            compaction.ended(drainer.writer().writer());
            log.accept("done with " + name);
            return;
          }
          if (!lastError.isEmpty()) {
            log.accept("goes on with " + name);
            lastError = "";
          }
          backOff = PAUSE;
          wait = outcome == Drainer.Outcome.WORKED ? Duration.ZERO : PAUSE;
        } catch (IOException e) {
          String message = String.valueOf(e.getMessage());
          if (!message.equals(lastError)) {
            log.accept("waits with " + name + ": " + message);
            lastError = message;
          }
          boolean forGood = e instanceof ShardFormatException;
          wait = forGood ? LONGEST_BACK_OFF : backOff;
          backOff = shorter(backOff.multipliedBy(2), LONGEST_BACK_OFF);
        }
        if (!pause(wait)) {
          return;
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      giveUp(drainer, e);
    }
  }

  /** Leaves a journal alone for a while: also an Error ends its own thread only. */
  private void giveUp(Drainer drainer, Throwable why) {
    refuse(drainer.writer().writer(), GIVEN_UP_FOR);
    log.accept(
        "gives up %s for %d s: %s"
            .formatted(
                drainer.writer().shown(),
                GIVEN_UP_FOR.toSeconds(),
                why instanceof OutOfMemoryError
                    ? "it needs more memory than an agent has; ostraka publish has more"
                    : why));
  }

  /** Whether a writer lives, as it was a moment ago: to ask takes ten times as long as to look. */
  private Life life(JournalFiles files) {
    return new Life() {
      private boolean alive;
      private long knownSince;

      @Override
      public boolean alive() throws IOException {
        long now = settings.ticks().getAsLong();
        if (!alive || now - knownSince >= LIFE_IS_KNOWN_FOR.toNanos()) {
          alive = AliveLock.isHeld(files.alive());
          knownSince = now;
        }
        return alive;
      }
    };
  }

  private static void join(Thread thread) {
    try {
      thread.join(LONGEST_BACK_OFF.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isRefused(WriterId writer) {
    Long until = refused.get(writer);
    return until != null && settings.ticks().getAsLong() - until < 0;
  }

  private void refuse(WriterId writer, @Nullable String why) {
    refuse(writer, REFUSED_FOR);
    log.accept("leaves " + writer + " alone: " + why);
  }

  private void refuse(WriterId writer, Duration time) {
    refused.put(writer, settings.ticks().getAsLong() + time.toNanos());
  }

  /** Files of a writer that died before its journal began, or of one whose journal is gone. */
  private void removeLeftOvers(WriterId writer, JournalFiles files) throws IOException {
    if (isAlive(files)) {
      return;
    }
    if (ownerless.add(writer)) {
      return; // a writer that is just beginning has a lock by the next look
    }
    files.deleteAll();
    ownerless.remove(writer);
  }

  private static boolean isAlive(JournalFiles files) {
    try {
      return AliveLock.isHeld(files.alive());
    } catch (IOException e) {
      return true;
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static boolean pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
