package io.ostraka.storage.bucket;

import io.ostraka.store.ShardStore;
import io.ostraka.store.ShardStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract of stores on SeaweedFS. */
@ExtendWith(SharedServers.class)
final class SeaweedStoreTest extends ShardStoreContract {
  private final S3Server server;

  SeaweedStoreTest(S3Server server) {
    this.server = server;
  }

  @Override
  protected ShardStore newStore(Path root) throws IOException {
    BucketSettings settings =
        S3Server.settings(server.endpoint(), root.resolve("cache"), S3Server.PATIENCE);
    return new BucketStores(
            settings,
            line -> {
              throw new AssertionError(line);
            })
        .open(S3Server.newRoot());
  }
}
