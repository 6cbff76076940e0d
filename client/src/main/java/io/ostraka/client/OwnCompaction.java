package io.ostraka.client;

import io.ostraka.WriterId;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.drain.CompactionKeeper;
import io.ostraka.drain.DrainSettings;
import io.ostraka.drain.Drainer;
import io.ostraka.drain.Spool;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * The thread by which a Java program keeps its own shards few, beside the one that publishes them.
 * Covered shards that still wait when the program ends are left to an agent, to a later program or
 * to {@code ostraka compact}.
 */
final class OwnCompaction {
  private static final int PAUSE_MILLIS = 500;
  private static final int STOP_MILLIS = 5000;

  private final WriterId writer;
  private final CompactionKeeper keeper;
  private final Thread thread;

  private OwnCompaction(WriterId writer, CompactionKeeper keeper) {
    this.writer = writer;
    this.keeper = keeper;
    this.thread = new Thread(this::run, "ostraka-compact");
    thread.setDaemon(true);
  }

  static OwnCompaction start(Spool spool, DrainSettings settings, Drainer drainer) {
    WriterId writer = drainer.writer().writer();
    CompactionSettings merging =
        new CompactionSettings(settings.ticks(), CompactionSettings.RETIRE_AFTER, new Semaphore(1));
    OwnCompaction compaction =
        new OwnCompaction(
            writer, new CompactionKeeper(spool, writer.text(), settings, merging, line -> {}));
    compaction.keeper.begin(drainer);
    compaction.thread.start();
    return compaction;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PAUSE_MILLIS);
        keeper.look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends.
   *
   * @param published whether all is published and the journal is gone, so that the last merge can
   *     be made
   */
  void close(boolean published) throws IOException {
    thread.interrupt();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      return; // A store that hangs keeps it; the note in the spool stays.
    }
    if (published) {
      keeper.ended(writer);
      keeper.look();
    }
    keeper.close();
  }
}
