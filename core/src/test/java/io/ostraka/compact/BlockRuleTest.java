package io.ostraka.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ShardName;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BlockRuleTest {
  private static final OptionalLong GOES_ON = OptionalLong.empty();

  @Test
  void aBlockIsMergedOnceAShardBeginsBehindIt() {
    assertThat(targets(GOES_ON, "0-99", "100-199", "200-299")).isEmpty();
    assertThat(targets(GOES_ON, "0-99", "100-199", "200-299", "300-301")).containsExactly("0-299");
  }

  @Test
  void sourcesAreTakenWholeAlsoWhereTheyReachIntoTheNextBlock() {
    List<Merge> merges =
        BlockRule.merges(shards("0-99", "100-299", "300-400", "401-511", "512-513"), GOES_ON);
    assertThat(merges).extracting(Merge::target).containsExactly(name("0-299"), name("300-511"));
    assertThat(merges.get(1).sources()).containsExactly(name("300-400"), name("401-511"));
    assertThat(merges.get(1).sourceBytes()).isEqualTo(212);
  }

  @Test
  void aBlockOfOneShardIsNotMerged() {
    assertThat(targets(GOES_ON, "0-300", "301-600", "601-900")).isEmpty();
  }

  @Test
  void blocksHaveSixteenTimesTheRowsOfThoseBelow() {
    String[] shards = new String[18];
    Arrays.setAll(shards, i -> 256 * i + "-" + (256 * i + 255));
    assertThat(targets(GOES_ON, shards)).containsExactly("0-4095");
    assertThat(targets(OptionalLong.of(18 * 256 - 1), shards))
        .containsExactly("0-4095", "4096-4607", "0-4607");
  }

  @Test
  void nothingIsMergedAcrossAGap() {
    assertThat(targets(GOES_ON, "0-99", "150-199", "200-299", "300-301")).isEmpty();
    assertThat(targets(GOES_ON, "0-99", "100-199", "250-299", "300-301")).isEmpty();
  }

  @Test
  void theLastShardOfABlockIsKnownByTheOneThatFollowsIt() {
    assertThat(targets(GOES_ON, "0-99", "100-299", "310-400")).isEmpty();
    assertThat(targets(OptionalLong.of(299), "0-99", "100-299")).containsExactly("0-299");
    assertThat(targets(OptionalLong.of(350), "0-99", "100-299")).isEmpty();
    assertThat(targets(OptionalLong.of(350), "0-99", "100-199")).isEmpty();
  }

  @Test
  void theFirstShardOfABlockIsKnownByItsNumberOrByTheOneBefore() {
    // A listing made while shards are published may show 270-299 and not 256-269.
    assertThat(targets(GOES_ON, "0-255", "270-299", "300-511", "512-520")).isEmpty();
    assertThat(targets(GOES_ON, "256-299", "300-511", "512-520")).containsExactly("256-511");
    assertThat(targets(GOES_ON, "200-269", "270-299", "300-511", "512-520"))
        .containsExactly("270-511");
  }

  @Test
  void coveredShardsAreNoSources() {
    assertThat(targets(GOES_ON, "0-99", "100-299", "0-299", "300-400")).isEmpty();
    assertThat(targets(OptionalLong.of(400), "0-99", "100-299", "0-299", "300-400"))
        .containsExactly("0-400");
  }

  @Test
  void shardsThatOverlapInPartAreNotMerged() {
    assertThat(targets(OptionalLong.of(400), "0-99", "90-299", "300-400")).containsExactly();
  }

  @Test
  void whoeverMergesWhateverAndHoweverOldTheListingRangesNestAndRowsAreThereOnce() {
    int turns = "1".equals(System.getenv("OSTRAKA_SOAK")) ? 20_000 : 400;
    for (int turn = 0; turn < turns; turn++) {
      long seed = new Random().nextLong();
      try {
        new StaleCompactors(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static List<String> targets(OptionalLong lastRow, String... shards) {
    return BlockRule.merges(shards(shards), lastRow).stream()
        .map(merge -> merge.target().first() + "-" + merge.target().last())
        .toList();
  }

  private static List<SizedShard> shards(String... ranges) {
    return Arrays.stream(ranges)
        .map(BlockRuleTest::name)
        .map(name -> new SizedShard(name, name.rows()))
        .toList();
  }

  private static ShardName name(String range) {
    int dash = range.indexOf('-');
    return new ShardName(
        Long.parseLong(range.substring(0, dash)), Long.parseLong(range.substring(dash + 1)));
  }
}
