package io.ostraka.query;

import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/**
 * Charts of random logs; {@code -Dostraka.logs} says of how many, {@code -Dostraka.large} of how
 * many large ones, {@code -Dostraka.seed} which.
 */
final class RandomCharts {
  private static final int LOGS = Integer.getInteger("ostraka.logs", 8);
  private static final int LARGE = Integer.getInteger("ostraka.large", 0);
  private static final int CHARTS = 8;

  private RandomCharts() {}

  /** Asks for one chart of a log, and compares the answer with what is counted by hand. */
  interface Check {
    void check(Query query, RandomLog log, Random random) throws Exception;
  }

  /** Checks some charts of each of some logs, which are published below a folder. */
  static void each(Path folder, Check check) throws Exception {
    long seed = Long.getLong("ostraka.seed", System.nanoTime());
    System.out.println("-Dostraka.seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < LOGS + LARGE; i++) {
      Path root = folder.resolve("log-" + i);
      RandomLog log = i < LOGS ? new RandomLog(random) : RandomLog.large(random);
      QuerySettings settings = QuerySettings.defaults().withFreshness(Duration.ZERO);
      try (RootBuilder builder = RootBuilder.at(root);
          ShardStore store = LocalShardStore.open(root);
          Query query = Query.open(store, settings, log.rollups(), log.pointsKept())) {
        log.publish(builder, random.nextBoolean());
        for (int chart = 0; chart < CHARTS && !log.runs().isEmpty(); chart++) {
          check.check(query, log, random);
        }
      }
    }
  }
}
