package io.ostraka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.drain.DrainSettings;
import io.ostraka.drain.Publisher;
import io.ostraka.drain.Spool;
import io.ostraka.shard.ShardReader;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.LocalCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
  @TempDir Path folder;

  private RunBuilder builder() {
    return new RunBuilder(Map.of())
        .root(folder.resolve("root"))
        .spool(folder.resolve("spool"))
        .project("digits")
        .runId("first");
  }

  @Test
  void everythingLoggedIsPublishedByClose() throws IOException {
    try (Run run = builder().config(Map.of("lr", 0.5)).start()) {
      Metrics metrics = run.metrics("train/loss", "lr");
      for (int step = 0; step < 10_000; step++) {
        metrics.log(step, step * 0.5, 1.0 / (step + 1));
      }
      run.text(3, "sample", "hello");
      run.config(Map.of("batch", 32));
    }
    try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
      RunSnapshot run = new Catalog(store).run(new RunKey("digits", "first"));
      assertThat(run.state()).isEqualTo(WriterState.FINISHED);
      assertThat(run.problems()).isEmpty();
      assertThat(run.card().config().toString()).isEqualTo("{\"lr\":0.5,\"batch\":32}");
      assertThat(values(store, run, "train/loss")).hasSize(10_000).element(9_999).isEqualTo(4999.5);
      assertThat(run.writers().get(0).shards().get(Stream.TEXTS)).hasSize(1);
      assertThat(run.writers().get(0).card().rows()).containsEntry("metrics", 20_000L);
    }
    assertThat(files(folder.resolve("spool"))).containsExactly("id");
  }

  @Test
  void aRunInABucketThatCannotBeReachedKeepsItsJournalAndSaysWhy() throws IOException {
    Map<String, String> environment =
        Map.of(
            "OSTRAKA_ROOT", "s3://runs/team a",
            "OSTRAKA_SPOOL", folder.resolve("spool").toString(),
            "XDG_CACHE_HOME", folder.resolve("cache").toString(),
            "AWS_ENDPOINT_URL", "http://127.0.0.1:1",
            "AWS_ACCESS_KEY_ID", "id",
            "AWS_SECRET_ACCESS_KEY", "secret");
    Run run = new RunBuilder(environment).closeWithin(Duration.ZERO).start();
    run.log(1, "loss", 0.5);
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    String said = "";
    while (!said.contains("nothing answers") && System.nanoTime() < deadline) {
      said = String.valueOf(catchThrowable(() -> run.flush(Duration.ofMillis(200))));
    }
    assertThat(said).contains("nothing answers at http://127.0.0.1:1");
    assertThatThrownBy(run::close).isInstanceOf(IOException.class);
    assertThat(files(folder.resolve("spool"))).anyMatch(name -> name.endsWith(".journal"));
  }

  @Test
  void aRootOfAnotherKindIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RunBuilder(Map.of("OSTRAKA_ROOT", "gs://runs")))
        .withMessageContaining("s3://BUCKET/PREFIX");
  }

  @Test
  void aRunThatWasPublishedInPartsEndsAsOneShard() throws IOException {
    try (Run run = builder().start()) {
      for (int step = 0; step < 5; step++) {
        run.log(step, "loss", step);
        run.flush();
      }
    }
    try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
      RunSnapshot run = new Catalog(store).run(new RunKey("digits", "first"));
      assertThat(run.writers().get(0).shards(Stream.METRICS)).hasSize(1);
      assertThat(values(store, run, "loss")).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0);
    }
    assertThat(files(folder.resolve("spool")))
        .as("a note for whoever retires the five")
        .anyMatch(name -> name.startsWith("compact.r000000-"));
  }

  @Test
  void aRunThatIsSwitchedOffWritesNothing() throws IOException {
    try (Run run =
        new RunBuilder(Map.of("OSTRAKA_MODE", "disabled"))
            .root(folder.resolve("root"))
            .spool(folder.resolve("spool"))
            .start()) {
      run.log(1, "loss", 0.5);
      run.log(Map.of("loss", 0.5));
      run.text(1, "sample", "hello");
      run.config(Map.of("lr", 1));
      run.flush();
      assertThat(run.dropped()).isZero();
      assertThat(run.id()).isNotEmpty();
    }
    assertThat(files(folder)).isEmpty();
    assertThatThrownBy(() -> new RunBuilder(Map.of("OSTRAKA_MODE", "off")).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("OSTRAKA_MODE is \"off\"; give \"on\" or \"disabled\"");
  }

  @Test
  void severalRunsOfOneProcessAndThreadsGoTheirOwnWays() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<Run> runs = new ArrayList<>();
    for (int r = 0; r < 3; r++) {
      Run run = builder().runId("run-" + r).start();
      runs.add(run);
      for (int t = 0; t < 2; t++) {
        String name = "thread/" + t;
        Thread thread =
            new Thread(
                () -> {
                  for (int step = 0; step < 5_000; step++) {
                    run.log(step, name, step);
                  }
                });
        thread.start();
        threads.add(thread);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (Run run : runs) {
      run.close();
    }
    try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
      for (int r = 0; r < 3; r++) {
        RunSnapshot run = new Catalog(store).run(new RunKey("digits", "run-" + r));
        assertThat(values(store, run, "thread/0")).hasSize(5_000);
        assertThat(values(store, run, "thread/1")).hasSize(5_000);
      }
    }
  }

  @Test
  void moreNamesThanARecordHoldsAreSeveralRecords() throws IOException {
    Map<String, Double> values = new TreeMap<>();
    for (int i = 0; i < 10_000; i++) {
      values.put("metric/" + i, (double) i);
    }
    try (Run run = builder().start()) {
      run.log(1, values);
    }
    try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
      RunSnapshot run = new Catalog(store).run(new RunKey("digits", "first"));
      assertThat(values(store, run, "metric/9999")).containsExactly(9999.0);
      assertThat(run.writers().get(0).card().rows()).containsEntry("metrics", 10_000L);
    }
  }

  @Test
  void ranksAboveZeroFlushAndBeatLessOftenTheMoreThereAre() throws IOException {
    try (Run zero = builder().rank(0).worldSize(64).start();
        Run last = builder().rank(63).worldSize(64).start()) {
      assertThat(zero.id()).isEqualTo(last.id());
      try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
        RunSnapshot run = new Catalog(store).run(new RunKey("digits", "first"));
        assertThat(run.writers())
            .extracting(writer -> writer.card().heartbeatSeconds())
            .containsExactly(10.0, 40.0);
        assertThat(run.writers())
            .extracting(writer -> writer.card().json().path("flush").path("seconds").doubleValue())
            .containsExactly(1.0, 4.0);
      }
    }
  }

  @Test
  void aFlushThatDoesNotSucceedInTimeSaysWhatIsLeftWhereAndWhy() throws IOException {
    Run run = builder().closeWithin(Duration.ofMillis(500)).start();
    Path root = folder.resolve("root");
    Path away = folder.resolve("away");
    Files.move(root, away);
    run.log(1, "loss", 0.5);
    assertThatThrownBy(() -> run.flush(Duration.ofMillis(500)))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "[0-9.]+ (bytes|KiB) of the journal are not published yet \\(The folder of writer .* is not in .*\\); they are safe in .*: run ostraka publish --spool .*");
    assertThatThrownBy(run::close).isInstanceOf(IOException.class);
    assertThat(files(folder.resolve("spool"))).anyMatch(name -> name.endsWith(".journal"));
    Files.move(away, root);
    DrainSettings settings =
        new DrainSettings(
            uri -> LocalShardStore.open(Path.of(uri)),
            Clock.systemUTC(),
            System::nanoTime,
            new Semaphore(1));
    CompactionSettings compaction =
        new CompactionSettings(System::nanoTime, CompactionSettings.RETIRE_AFTER, new Semaphore(1));
    new Publisher(Spool.open(folder.resolve("spool")), settings, compaction)
        .run((w, j, js, b) -> {});
    try (LocalShardStore store = LocalShardStore.open(root)) {
      RunSnapshot found = new Catalog(store).run(new RunKey("digits", "first"));
      assertThat(values(store, found, "loss")).containsExactly(0.5);
      assertThat(found.state()).isEqualTo(WriterState.FINISHED);
    }
  }

  @Test
  void aSmallSpoolIsUsedAgainAndAgainWhileEverythingIsPublished() throws IOException {
    try (Run run =
        new RunBuilder(Map.of("OSTRAKA_SPOOL_LIMIT", "16M"))
            .root(folder.resolve("root"))
            .spool(folder.resolve("spool"))
            .project("digits")
            .runId("first")
            .start()) {
      Metrics metrics = run.metrics("a", "b", "c");
      for (int step = 0; step < 1_000_000; step++) {
        metrics.log(step, step, step, step);
      }
      assertThat(run.dropped()).isZero();
    }
  }

  @Test
  void aSpoolAtItsLimitDropsAndCountsAndLaterGoesOn() throws IOException {
    Path spool = Files.createDirectories(folder.resolve("spool"));
    byte[] ones = new byte[8 << 20];
    Arrays.fill(ones, (byte) 1);
    Files.write(spool.resolve("other"), ones);
    try (Run run =
        new RunBuilder(Map.of("OSTRAKA_SPOOL_LIMIT", "8M"))
            .root(folder.resolve("root"))
            .spool(spool)
            .project("digits")
            .runId("first")
            .whenFull(WhenFull.DROP)
            .start()) {
      Metrics metrics = run.metrics("a");
      for (int step = 0; run.dropped() == 0; step++) {
        metrics.log(step, step);
      }
      long dropped = run.dropped();
      run.flush();
      Files.delete(spool.resolve("other"));
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (run.dropped() > dropped - 1 && System.nanoTime() < deadline) {
        long before = run.dropped();
        metrics.log(1_000_000, 1.0);
        if (run.dropped() == before) {
          break;
        }
      }
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
    try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
      RunSnapshot run = new Catalog(store).run(new RunKey("digits", "first"));
      assertThat(run.card().dropped()).isPositive();
      assertThat(values(store, run, "a")).contains(1.0);
    }
  }

  @Test
  void aLimitThatIsNoSizeIsRefused() {
    assertThatThrownBy(
            () ->
                new RunBuilder(Map.of("OSTRAKA_SPOOL_LIMIT", "much"))
                    .root(folder.resolve("root"))
                    .spool(folder.resolve("spool"))
                    .start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("OSTRAKA_SPOOL_LIMIT is \"much\"; give a number of bytes such as 8G");
  }

  private static List<Double> values(LocalShardStore store, RunSnapshot run, String metric)
      throws IOException {
    List<Double> values = new ArrayList<>();
    for (LiveShard shard : run.writers().get(0).shards().getOrDefault(Stream.METRICS, List.of())) {
      try (LocalCopy copy = store.open(shard.key())) {
        try (ShardReader rows = ShardReader.open(copy.path(), shard.key())) {
          while (rows.next()) {
            if (rows.name().equals(metric)) {
              values.add(rows.real(1));
            }
          }
        }
      }
    }
    return values;
  }

  private static List<String> files(Path folder) throws IOException {
    try (var listed = Files.list(folder)) {
      return listed.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
