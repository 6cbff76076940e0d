package io.ostraka.store;

import java.nio.file.Path;

final class MemoryShardStoreTest extends ShardStoreContract {
  @Override
  protected ShardStore newStore(Path root) {
    return new MemoryShardStore();
  }
}
