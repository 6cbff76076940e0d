package io.ostraka.sim;

import io.ostraka.WriterKey;
import io.ostraka.compact.CompactionResult;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.compact.Compactor;
import io.ostraka.shard.RollupRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Somebody who compacts, again and again until its process stops and another one begins. */
final class SimCompactor {
  private final SimWorld world;
  private final Path scratch;
  private final SimStore.Aside aside;
  private boolean busy;
  private FaultyFileSystem files = new FaultyFileSystem();
  private @Nullable Compactor compactor;

  SimCompactor(SimWorld world, Path scratch, SimStore.Aside aside) throws IOException {
    this.world = world;
    this.scratch = Files.createDirectories(scratch);
    this.aside = aside;
  }

  /** One pass over a writer. */
  void compact(WriterKey writer) throws IOException {
    if (busy) {
      return; // It is what others act in the midst of.
    }
    busy = true;
    try {
      pass(writer);
    } finally {
      busy = false;
    }
  }

  private void pass(WriterKey writer) throws IOException {
    if (world.chance(world.active().stop())) {
      files.faults().stopAfter(world.random.nextInt(20), world.random.nextBoolean());
    }
    if (world.chance(world.active().disk())) {
      files.faults().failAfter(world.random.nextInt(20), "No space left on device");
    }
    try {
      CompactionResult result = begun().compact(writer);
      if (result.merges() > 0) {
        world.note("merged %d into %d".formatted(result.sourcesMerged(), result.merges()));
        world.merges += result.merges();
      }
      world.retired += result.retired();
    } catch (ProcessStopped e) {
      world.note("a compactor " + e.getMessage());
      stop();
    } catch (IOException e) {
      world.note("a compactor: " + e.getMessage());
    }
  }

  private Compactor begun() throws IOException {
    Compactor begun = compactor;
    if (begun == null) {
      Path folder = files.path(scratch);
      Compactor.removeLeftOvers(folder);
      begun =
          new Compactor(
              new SimStore(world, files, aside, true),
              folder,
              new CompactionSettings(
                  world.ticks::get,
                  CompactionSettings.RETIRE_AFTER,
                  new Semaphore(1),
                  new RollupRule(1, 1, 1000)));
      compactor = begun;
    }
    return begun;
  }

  /** Its process is gone. */
  void stop() throws IOException {
    files.end();
    files = new FaultyFileSystem();
    compactor = null;
  }
}
