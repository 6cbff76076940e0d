package io.ostraka.storage.bucket;

import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens roots that are buckets. One for a process: its stores share connections, the cache and the
 * count of requests. The SDK is loaded with the first root that is opened. Safe for threads.
 */
public final class BucketStores implements AutoCloseable {
  private final BucketSettings settings;
  private final Consumer<String> say;
  private @Nullable BucketConnection connection;

  /**
   * Opens nothing yet.
   *
   * @param say takes one line for a person, for example of a server that cannot all that it should
   */
  public BucketStores(BucketSettings settings, Consumer<String> say) {
    this.settings = settings;
    this.say = say;
  }

  /**
   * Opens a root, by no request: whether it can be reached is found out when it is first used.
   *
   * @param root for example {@code s3://bucket/prefix}
   * @throws IllegalArgumentException if it is no such address
   * @throws IOException if the settings are not such that a server could be asked
   */
  public ShardStore open(URI root) throws IOException {
    BucketRoot parsed = BucketRoot.parse(root);
    return new BucketShardStore(parsed, connection(parsed));
  }

  private synchronized BucketConnection connection(BucketRoot root) throws IOException {
    BucketConnection open = connection;
    if (open == null) {
      try {
        open = new BucketConnection(settings, say, new S3Clients(settings));
      } catch (RuntimeException e) {
        throw new IOException("Cannot open " + root.uri() + ": " + e.getMessage(), e);
      }
      connection = open;
    }
    return open;
  }

  /** All requests so far. */
  public synchronized RequestCount requests() {
    return connection == null ? RequestCount.none() : connection.requests();
  }

  @Override
  public synchronized void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
