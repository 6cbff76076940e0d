package io.ostraka.sim;

import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Map;

/** Somebody who copies the run's folder, object by object, while the run goes on. */
final class SimCopy {
  private final SimWorld world;
  private final RunKey run;
  private final ShardStore root;
  private final ShardStore copy;
  private final Map<WriterId, SimWriter> writers;

  SimCopy(SimWorld world, RunKey run, ShardStore root, Map<WriterId, SimWriter> writers)
      throws IOException {
    this.world = world;
    this.run = run;
    this.root = root;
    this.writers = writers;
    this.copy =
        new MemoryShardStore(world.clock, Files.createDirectory(world.folder.resolve("copy")));
  }

  /** Copies what is listed; others act meanwhile. Whoever reads the copy sees no row twice. */
  void copyOnce(SimStore.Aside aside) throws IOException {
    world.note("the run's folder is copied");
    if (copyListed(aside) > 0) {
      reader();
    }
  }

  /** Copies until there is nothing more to copy. */
  void copyUntilNothingChanges() throws IOException {
    while (copyListed(() -> {}) > 0) {
      world.note("copied again");
    }
  }

  /** A reader that has read the copy. */
  SimReader reader() throws IOException {
    SimReader reader = new SimReader(run, copy, writers);
    try {
      reader.poll();
    } catch (NoSuchFileException e) {
      world.note("the copy has no run yet");
    }
    return reader;
  }

  /** Copies what is listed and not there; says how much that was. */
  private int copyListed(SimStore.Aside aside) throws IOException {
    int copied = 0;
    for (StoredObject object : root.list(run.prefix()).objects()) {
      aside.happen();
      try (LocalCopy source = root.open(object.key())) {
        if (object.key().endsWith("/writer.json")) {
          copy.replace(object.key(), Files.readAllBytes(source.path()));
        } else {
          copy.publish(object.key(), source.path());
          copied++;
        }
      } catch (NoSuchFileException e) {
        world.note("gone before it was copied: " + object.key());
      } catch (FileAlreadyExistsException e) {
        world.note("copied before: " + object.key());
      }
    }
    return copied;
  }
}
