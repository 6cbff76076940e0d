package io.ostraka.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.store.ShardStore;
import io.ostraka.store.ShardStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of stores on the server of rclone, which ignores conditions. */
final class RcloneStoreTest extends ShardStoreContract {
  private static S3Server server;

  private final List<String> said = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void startServer(@TempDir Path folder) throws IOException {
    server = S3Server.rclone(folder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected ShardStore newStore(Path root) throws IOException {
    BucketSettings settings =
        S3Server.settings(server.endpoint(), root.resolve("cache"), S3Server.PATIENCE);
    return new BucketStores(settings, said::add).open(S3Server.newRoot());
  }

  /** It writes its files in place. */
  @Override
  protected boolean replacesWhole() {
    return false;
  }

  @Test
  void aServerThatIgnoresConditionsIsSaidOnce(@TempDir Path folder) throws IOException {
    ShardStore store = newStore(folder);
    store.create("a/one", new byte[1]);
    store.create("a/two", new byte[1]);
    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains("ignores If-None-Match");
  }
}
