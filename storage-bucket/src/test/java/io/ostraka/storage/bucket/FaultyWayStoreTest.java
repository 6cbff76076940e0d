package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.BucketSettings.Patience;
import io.ostraka.storage.bucket.FaultProxy.Fault;
import io.ostraka.store.ShardStore;
import io.ostraka.store.ShardStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract of stores on SeaweedFS through a way on which each fifth request meets a fault. */
@ExtendWith(SharedServers.class)
final class FaultyWayStoreTest extends ShardStoreContract {
  private static final long SEED = Long.getLong("ostraka.seed", 20261121);
  private static final int IN_A_ROW = 2;
  private static final List<Fault> FAULTS =
      List.of(
          Fault.RESET_BEFORE,
          Fault.RESET_AFTER,
          Fault.HALF_AN_ANSWER,
          Fault.INTERNAL_ERROR,
          Fault.SLOW_DOWN);
  private static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          8,
          Duration.ofMillis(1),
          Duration.ofMillis(10));

  private final S3Server server;
  private final List<FaultProxy> proxies = new ArrayList<>();

  FaultyWayStoreTest(S3Server server) {
    this.server = server;
  }

  @Override
  protected ShardStore newStore(Path root) throws IOException {
    FaultProxy proxy = new FaultProxy(server.endpoint());
    proxies.add(proxy);
    proxy.choose(new RandomFaults(new Random(SEED), FAULTS, 0.2, IN_A_ROW));
    BucketSettings settings = S3Server.settings(proxy.endpoint(), root.resolve("cache"), PATIENCE);
    return new BucketStores(settings, line -> {}).open(S3Server.newRoot());
  }

  @AfterEach
  void closeProxies() throws IOException {
    for (FaultProxy proxy : proxies) {
      proxy.close();
    }
  }
}
