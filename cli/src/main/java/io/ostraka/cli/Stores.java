package io.ostraka.cli;

import io.ostraka.client.SpoolFolder;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.drain.DrainSettings;
import io.ostraka.storage.bucket.BucketSettings;
import io.ostraka.storage.bucket.BucketStores;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The concrete stores that this build knows, and what drains into them. One for a command: what it
 * opened in buckets is closed with it.
 */
final class Stores implements AutoCloseable {
  /**
   * Shards of a backlog take tens of megabytes each while they are encoded, and the agent has 128.
   */
  private static final int ENCODED_AT_ONCE = 2;

  private static final int MERGED_AT_ONCE = 1;

  private final Surroundings here;
  private final Consumer<String> say;
  private @Nullable BucketStores buckets;

  /** Stores of a command that a person reads the errors of. */
  Stores(Surroundings here) {
    this(here, here.err()::println);
  }

  /**
   * Stores of a command that somebody may read later.
   *
   * @param say takes one line for a person
   */
  Stores(Surroundings here, Consumer<String> say) {
    this.here = here;
    this.say = say;
  }

  /** Opens a root that a person named. */
  ShardStore open(Root root) throws IOException {
    try {
      return open(root.uri());
    } catch (IllegalArgumentException e) {
      throw new WrongCall(String.valueOf(e.getMessage()));
    }
  }

  /** Opens the store of a root that a journal names. */
  ShardStore open(URI root) throws IOException {
    if ("s3".equals(root.getScheme())) {
      return buckets().open(root);
    }
    if ("file".equals(root.getScheme())) {
      return LocalShardStore.open(Path.of(root));
    }
    throw new IOException(
        "Cannot use " + root + ": this build knows folders and buckets (s3://); upgrade ostraka");
  }

  private synchronized BucketStores buckets() {
    BucketStores open = buckets;
    if (open == null) {
      open = new BucketStores(BucketSettings.of(here.variables(), here.caches()), say);
      buckets = open;
    }
    return open;
  }

  /** What drainers of this process share. */
  DrainSettings drainSettings() {
    return new DrainSettings(
            this::open, here.clock(), System::nanoTime, new Semaphore(ENCODED_AT_ONCE))
        .withSpareFolders(SpoolFolder.temporary());
  }

  /** How shards are merged by this process. */
  static CompactionSettings compaction() {
    return new CompactionSettings(
        System::nanoTime, CompactionSettings.RETIRE_AFTER, new Semaphore(MERGED_AT_ONCE));
  }

  /** How often buckets were asked so far. */
  synchronized RequestCount requests() {
    return buckets == null ? RequestCount.none() : buckets.requests();
  }

  /** Says what was asked of buckets, which somebody pays for. */
  @Override
  public synchronized void close() {
    if (buckets != null) {
      RequestCount made = buckets.requests();
      buckets.close();
      if (made.total() > 0) {
        say.accept("Asked the bucket by " + made);
      }
    }
  }
}
