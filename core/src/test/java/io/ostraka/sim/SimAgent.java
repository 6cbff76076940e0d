package io.ostraka.sim;

import io.ostraka.WriterId;
import io.ostraka.drain.DrainSettings;
import io.ostraka.drain.Drainer;
import io.ostraka.drain.Spool;
import io.ostraka.journal.JournalFiles;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/**
 * An agent of a machine, looked at step by step: what {@link io.ostraka.drain.Agent} does with its
 * threads. When its process stops, the next step is that of another process.
 */
final class SimAgent {
  private final SimWorld world;
  private final SimMachine machine;
  private final SimStore.Aside aside;
  private final Map<WriterId, Drainer> drainers = new TreeMap<>();
  private boolean busy;
  private FaultyFileSystem files;

  SimAgent(SimWorld world, SimMachine machine, SimStore.Aside aside) {
    this.world = world;
    this.machine = machine;
    this.aside = aside;
    this.files = new FaultyFileSystem(machine.synced);
  }

  /** One look at every journal of the spool. */
  void look() throws IOException {
    if (busy) {
      return; // It is what others act in the midst of.
    }
    busy = true;
    try {
      lookOnce();
    } finally {
      busy = false;
    }
  }

  private void lookOnce() throws IOException {
    if (world.chance(world.active().stop())) {
      files.faults().stopAfter(world.random.nextInt(40), world.random.nextBoolean());
    }
    if (world.chance(world.active().disk())) {
      files.faults().failAfter(world.random.nextInt(15), "No space left on device");
    }
    try {
      Path folder = files.path(machine.folder);
      Spool spool = Spool.open(folder);
      if (spool.copied()) {
        spool = spool.takeOver();
      }
      for (WriterId writer : spool.writers()) {
        look(spool.files(writer), Objects.requireNonNull(machine.writers.get(writer)));
      }
    } catch (ProcessStopped e) {
      world.note("agent of " + machine.folder.getFileName() + " " + e.getMessage());
      stop();
    } catch (IOException e) {
      world.note("agent of " + machine.folder.getFileName() + ": " + e.getMessage());
    }
  }

  private void look(JournalFiles journal, SimWriter writer) throws IOException {
    try {
      Drainer drainer = drainers.get(writer.key.writer());
      if (drainer == null) {
        Optional<Drainer> opened = open(journal, writer);
        if (opened.isEmpty()) {
          return;
        }
        drainer = opened.get();
        drainers.put(writer.key.writer(), drainer);
      }
      boolean all = world.chance(0.1);
      Drainer.Outcome outcome = all ? drainer.publishNow() : drainer.look();
      if (outcome == Drainer.Outcome.GONE) {
        drainers.remove(writer.key.writer());
        drainer.close();
      }
    } catch (IOException e) {
      world.note(writer.key.writer() + " waits: " + e.getMessage());
    }
  }

  private Optional<Drainer> open(JournalFiles journal, SimWriter writer) throws IOException {
    DrainSettings settings =
        new DrainSettings(
            unused -> new SimStore(world, files, aside, false),
            world.clock,
            world.ticks::get,
            new Semaphore(1));
    try {
      return Drainer.open(journal, settings, () -> machine.alive(writer));
    } catch (NoSuchFileException e) {
      if (!machine.alive(writer)) {
        journal.deleteAll(); // killed while it began, or removed in part
      }
      return Optional.empty();
    } catch (StreamCorruptedException e) {
      if (!machine.alive(writer)) {
        machine.refused.add(writer.key.writer());
      }
      return Optional.empty();
    }
  }

  /** Its process is gone. */
  void stop() throws IOException {
    files.end();
    drainers.clear();
    files = new FaultyFileSystem(machine.synced);
  }
}
