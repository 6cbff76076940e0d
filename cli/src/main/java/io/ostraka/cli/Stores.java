package io.ostraka.cli;

import io.ostraka.compact.CompactionSettings;
import io.ostraka.drain.DrainSettings;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** The concrete stores that this build knows, and what drains into them. */
final class Stores {
  /**
   * Shards of a backlog take tens of megabytes each while they are encoded, and the agent has 128.
   */
  private static final int ENCODED_AT_ONCE = 2;

  private static final int MERGED_AT_ONCE = 1;

  private Stores() {}

  /** Opens the store of a root that a journal names. */
  static ShardStore open(URI root) throws IOException {
    if (!"file".equals(root.getScheme())) {
      throw new IOException(
          "Cannot publish to " + root + ": this build knows folders only; upgrade ostraka");
    }
    return LocalShardStore.open(Path.of(root));
  }

  /** What drainers of this process share. */
  static DrainSettings drainSettings(Surroundings here) {
    return new DrainSettings(
        Stores::open, here.clock(), System::nanoTime, new Semaphore(ENCODED_AT_ONCE));
  }

  /** How shards are merged by this process. */
  static CompactionSettings compaction() {
    return new CompactionSettings(
        System::nanoTime, CompactionSettings.RETIRE_AFTER, new Semaphore(MERGED_AT_ONCE));
  }
}
