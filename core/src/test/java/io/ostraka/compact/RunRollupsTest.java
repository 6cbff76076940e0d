package io.ostraka.compact;

import static io.ostraka.compact.CompactionFixture.WRITER;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.shard.RollupAxis;
import io.ostraka.shard.RollupReader;
import io.ostraka.shard.RollupRule;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Roll-ups come and go with merged shards, and on demand. */
final class RunRollupsTest {
  private static final RollupRule RULE = new RollupRule(20, 2, 1000);
  private static final ShardName MERGED = new ShardName(0, 599);

  @TempDir private Path folder = Path.of("");

  private CompactionFixture fixture = new CompactionFixture(folder);

  @BeforeEach
  void endAWriterOfSixShards() throws IOException {
    fixture = new CompactionFixture(folder);
    fixture.publish(0, 100, 100, 100, 100, 100, 100);
    fixture.end(600);
  }

  @Test
  void aMergeMakesTheRollUpOfWhatItMakes() throws IOException {
    CompactionResult result = compactor(fixture.memory).compact(WRITER);
    assertThat(result.problems()).isEmpty();
    assertThat(rollups()).containsExactly(key(MERGED));
    try (LocalCopy copy = fixture.memory.open(key(MERGED));
        RollupReader rollup = RollupReader.open(copy.path(), WRITER, Stream.METRICS, MERGED)) {
      assertThat(rollup.find("a", RollupAxis.STEP, 100).orElseThrow().points()).isEqualTo(300);
    }
    assertThat(leftInScratch()).isEmpty();
  }

  @Test
  void aRollUpGoesWithItsShard() throws IOException {
    Compactor compactor = compactor(fixture.memory);
    fixture.memory.create(key(new ShardName(0, 99)), new byte[] {1});
    compactor.compact(WRITER);
    fixture.pass(Duration.ofMinutes(16));
    assertThat(compactor.compact(WRITER).retired()).isEqualTo(6);
    assertThat(rollups()).containsExactly(key(MERGED));
  }

  @Test
  void whereNoneCanBePublishedOrRemovedTheMergeIsMadeAllTheSame() throws IOException {
    Compactor compactor = compactor(new WithoutRollups(fixture.memory));
    CompactionResult result = compactor.compact(WRITER);
    assertThat(result.merges()).isEqualTo(1);
    assertThat(result.problems()).isEmpty();
    assertThat(rollups()).isEmpty();
    fixture.pass(Duration.ofMinutes(16));
    result = compactor.compact(WRITER);
    assertThat(result.retired()).isEqualTo(6);
    assertThat(result.problems()).isEmpty();
    fixture.assertRows(600);
  }

  @Test
  void thoseThatAreMissingAreMadeAndThoseOfNoShardAreRemoved() throws IOException {
    RunRollups all = new RunRollups(fixture.memory, folder, RULE);
    RunRollups.Result made = all.make(WRITER.run());
    assertThat(made.made()).isEqualTo(6);
    assertThat(made.bytes()).isPositive();
    assertThat(all.make(WRITER.run())).isEqualTo(new RunRollups.Result(6, 0, 0, 0, List.of()));

    compactor(fixture.memory).compact(WRITER);
    fixture.memory.delete(key(MERGED));
    made = all.make(WRITER.run());
    assertThat(made.made()).isEqualTo(1);
    assertThat(made.removed()).isEqualTo(6);
    assertThat(rollups()).containsExactly(key(MERGED));

    assertThat(all.delete(WRITER.run()).removed()).isEqualTo(1);
    assertThat(rollups()).isEmpty();
    assertThat(leftInScratch()).isEmpty();
  }

  @Test
  void oneThatIsDamagedIsMadeAnewAndADamagedShardIsNamed() throws IOException {
    RunRollups all = new RunRollups(fixture.memory, folder, RULE);
    all.make(WRITER.run());
    String key = key(new ShardName(100, 199));
    fixture.memory.replace(key, new byte[] {1, 2, 3});
    assertThat(all.make(WRITER.run())).matches(result -> result.made() == 1 && result.kept() == 5);

    fixture.memory.delete(key);
    fixture.memory.replace(CompactionFixture.key(new ShardName(100, 199)), new byte[] {1, 2, 3});
    RunRollups.Result result = all.make(WRITER.run());
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().get(0).message())
        .startsWith("Cannot read " + CompactionFixture.key(new ShardName(100, 199)));
    assertThat(result.kept()).isEqualTo(5);
  }

  /** A store in which nothing derived is written or removed. */
  private static final class WithoutRollups extends FlakyShardStore {
    WithoutRollups(ShardStore store) {
      super(store);
    }

    @Override
    public void publish(String key, Path sealed) throws IOException {
      check(key);
      super.publish(key, sealed);
    }

    @Override
    public void delete(String key) throws IOException {
      check(key);
      super.delete(key);
    }

    private static void check(String key) throws IOException {
      if (key.contains("/_rollups/")) {
        throw new IOException("Cannot write " + key + ": it is made to fail");
      }
    }
  }

  private Compactor compactor(ShardStore store) {
    CompactionSettings settings =
        new CompactionSettings(
            fixture.ticks::get, CompactionSettings.RETIRE_AFTER, new Semaphore(1), RULE);
    return new Compactor(store, folder, settings);
  }

  private static String key(ShardName name) {
    return WRITER.rollupKey("metrics", name);
  }

  private List<String> rollups() {
    return fixture.memory.list(WRITER.run().rollupsPrefix()).objects().stream()
        .map(object -> object.key())
        .toList();
  }

  private List<Path> leftInScratch() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}
