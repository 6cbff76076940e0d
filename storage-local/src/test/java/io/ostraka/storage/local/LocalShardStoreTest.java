package io.ostraka.storage.local;

import io.ostraka.store.ShardStore;
import io.ostraka.store.ShardStoreContract;
import java.io.IOException;
import java.nio.file.Path;

final class LocalShardStoreTest extends ShardStoreContract {
  @Override
  protected ShardStore newStore(Path root) throws IOException {
    return LocalShardStore.open(root);
  }
}
