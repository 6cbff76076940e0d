package io.ostraka.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import io.ostraka.sync.Sync;
import io.ostraka.sync.SyncProgress;
import io.ostraka.sync.SyncResult;
import io.ostraka.sync.SyncScope;
import io.ostraka.sync.SyncSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Copying to, between and from buckets of a real server. */
@ExtendWith(SharedServers.class)
final class SyncBucketsTest {
  private static final String WRITER = "project=p/run=%d/writer=r000000-0123456789abcdef/";
  private static final int RUNS = 30;
  private static final int LARGE_BYTES = 9 << 20;

  private final S3Server server;

  @TempDir private Path folder = Path.of("");

  SyncBucketsTest(S3Server server) {
    this.server = server;
  }

  @Test
  void whatGoesToABucketAndOnToAnotherComesBackAsItWasByTheRequestsItTakes() throws Exception {
    MemoryShardStore source = new MemoryShardStore();
    for (int run = 0; run < RUNS; run++) {
      String writer = WRITER.formatted(run);
      source.create(writer + "writer.json", utf8("{\"state\":\"finished\"}"));
      source.create(writer + "end.json", utf8("{\"state\":\"finished\",\"rows\":{}}"));
    }
    byte[] large = new byte[LARGE_BYTES];
    new Random(20261121).nextBytes(large);
    source.create(WRITER.formatted(0) + "files/" + sha256(large) + ".bin", large);
    MemoryShardStore back = new MemoryShardStore();
    BucketSettings settings =
        S3Server.settings(server.endpoint(), folder.resolve("cache"), S3Server.PATIENCE);
    try (BucketStores stores = new BucketStores(settings, line -> {})) {
      ShardStore one = stores.open(S3Server.newRoot());
      ShardStore two = stores.open(S3Server.newRoot());
      assertThat(sync(source, one).all().objects()).isEqualTo(2 * RUNS + 1);
      RequestCount first = stores.requests();
      assertThat(sync(source, one).all().objects()).isZero();
      RequestCount second = stores.requests();
      // A listing, and the cards are known by their last cards.
      assertThat(second.total() - first.total()).isEqualTo(1);
      sync(one, two);
      sync(two, back);
    }
    assertThat(objects(back)).isEqualTo(objects(source));
    assertThat(folder.resolve("cache")).isDirectoryNotContaining("glob:**.data");
  }

  private SyncResult sync(ShardStore source, ShardStore target)
      throws IOException, InterruptedException {
    SyncSettings settings =
        new SyncSettings(SyncSettings.JOBS, false, false, false, Clock.systemUTC());
    try (Sync sync = new Sync(source, target, settings, new Unheard())) {
      SyncResult result = sync.run(SyncScope.ALL);
      assertThat(result.problems()).isEmpty();
      return result;
    }
  }

  private static Map<String, String> objects(ShardStore store) throws Exception {
    Map<String, String> objects = new TreeMap<>();
    for (StoredObject object : store.list("").objects()) {
      objects.put(object.key(), sha256(store.read(object.key())));
    }
    return objects;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static final class Unheard implements SyncProgress {
    @Override
    public void planned(int objects, long bytes) {}

    @Override
    public void done(long bytes) {}

    @Override
    public void failed(String why) {}
  }
}
