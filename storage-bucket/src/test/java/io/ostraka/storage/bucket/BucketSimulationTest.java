package io.ostraka.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ManualClock;
import io.ostraka.sim.Seeds;
import io.ostraka.sim.Simulation;
import io.ostraka.storage.bucket.BucketSettings.Patience;
import io.ostraka.storage.bucket.FaultProxy.Fault;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The simulation over a real server: its processes speak to SeaweedFS by a way that spoils their
 * requests, besides all that happens to them in any store; what is promised is looked up by a way
 * of its own.
 */
@ExtendWith(SharedServers.class)
final class BucketSimulationTest {
  private static final int HISTORIES = 12;
  private static final double MOST_FAULTS = 0.4;

  /** Silence takes as long as a client waits, so it is rarer than others. */
  private static final List<Fault> FAULTS =
      Stream.concat(
              Stream.of(Fault.SILENT, Fault.SILENT_AFTER),
              Stream.of(
                      Fault.LATE,
                      Fault.RESET_BEFORE,
                      Fault.RESET_AFTER,
                      Fault.HALF_AN_ANSWER,
                      Fault.INTERNAL_ERROR,
                      Fault.SLOW_DOWN,
                      Fault.SPOILT_REQUEST,
                      Fault.SPOILT_ANSWER)
                  .flatMap(fault -> Stream.generate(() -> fault).limit(5)))
          .toList();

  /** Gives up early enough that whole calls fail too. */
  private static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofMillis(1500),
          Duration.ofSeconds(20),
          3,
          Duration.ofMillis(1),
          Duration.ofMillis(5));

  private final S3Server server;
  private final Map<Fault, Integer> met = new TreeMap<>();
  private final AtomicLong requests = new AtomicLong();

  BucketSimulationTest(S3Server server) {
    this.server = server;
  }

  @Test
  void everyRowIsReadOnceWhateverFailsOnTheWay(@TempDir Path folder) throws IOException {
    Seeds.run("BucketSimulationTest", folder, HISTORIES, this::live);
    int faults = met.values().stream().mapToInt(count -> count).sum();
    System.out.printf(
        "BucketSimulationTest: %d requests, %d of them met a fault: %s%n",
        requests.get(), faults, met);
    assertThat(faults).isPositive();
  }

  private Simulation.Lived live(long seed, Path folder) throws IOException {
    Random random = new Random(seed);
    RandomFaults faults =
        new RandomFaults(random, FAULTS, MOST_FAULTS * random.nextDouble(), FAULTS.size());
    try (FaultProxy proxy = new FaultProxy(server.endpoint());
        Ways ways = new Ways(folder, proxy, faults)) {
      proxy.choose(faults);
      Simulation.Lived lived = Simulation.run(seed, folder.resolve("world"), ways);
      count(faults, proxy);
      return lived;
    }
  }

  private synchronized void count(RandomFaults faults, FaultProxy proxy) {
    faults.counts().forEach((fault, times) -> met.merge(fault, times, Integer::sum));
    requests.addAndGet(proxy.seen().size());
  }

  /** A root of its own, by two ways. */
  private final class Ways implements Simulation.Stores, AutoCloseable {
    private final URI root = S3Server.newRoot();
    private final RandomFaults faults;
    private final BucketStores straight;
    private final BucketStores spoilt;

    Ways(Path folder, FaultProxy proxy, RandomFaults faults) {
      this.faults = faults;
      this.straight = stores(server.endpoint(), folder.resolve("straight"), S3Server.PATIENCE);
      this.spoilt = stores(proxy.endpoint(), folder.resolve("spoilt"), PATIENCE);
    }

    private BucketStores stores(URI endpoint, Path cache, Patience patience) {
      return new BucketStores(S3Server.settings(endpoint, cache, patience), line -> {});
    }

    /** Processes of the simulation see the root in a file system of their own. */
    @Override
    public ShardStore open(Path seen, ManualClock clock) throws IOException {
      boolean byNobody = seen.getFileSystem().equals(FileSystems.getDefault());
      return (byNobody ? straight : spoilt).open(root);
    }

    @Override
    public void heal() {
      faults.heal();
    }

    @Override
    public void close() {
      straight.close();
      spoilt.close();
    }
  }
}
