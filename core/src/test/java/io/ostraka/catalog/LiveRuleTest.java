package io.ostraka.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ShardName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LiveRuleTest {
  @Test
  void neighboursAreAllLive() {
    LiveRule rule = rule(0, 9, 10, 19, 30, 39);
    assertThat(rule.live()).isEqualTo(names(0, 9, 10, 19, 30, 39));
    assertThat(rule.covered()).isEmpty();
    assertThat(rule.overlaps()).isEmpty();
  }

  @Test
  void aMergedShardCoversItsSourcesOnEitherEnd() {
    LiveRule rule = rule(0, 9, 0, 29, 10, 19, 20, 29, 30, 39);
    assertThat(rule.live()).isEqualTo(names(0, 29, 30, 39));
    assertThat(rule.covered()).isEqualTo(names(0, 9, 10, 19, 20, 29));
    assertThat(rule.overlaps()).isEmpty();
  }

  @Test
  void nestedTwiceIsCoveredOnce() {
    LiveRule rule = rule(0, 255, 0, 15, 3, 7, 16, 31);
    assertThat(rule.live()).isEqualTo(names(0, 255));
    assertThat(rule.covered()).isEqualTo(names(0, 15, 3, 7, 16, 31));
  }

  @Test
  void ofTwoThatAreTheSameOneIsLive() {
    LiveRule rule = rule(0, 9, 0, 9);
    assertThat(rule.live()).isEqualTo(names(0, 9));
    assertThat(rule.covered()).isEqualTo(names(0, 9));
    assertThat(rule.overlaps()).isEmpty();
  }

  @Test
  void ofAPartialOverlapTheLaterIsReadBeyondTheEarlier() {
    LiveRule rule = rule(0, 9, 5, 14);
    assertThat(rule.live()).isEqualTo(names(0, 9, 5, 14));
    assertThat(rule.overlaps()).hasSize(1);
    LiveRule.Overlap overlap = rule.overlaps().get(0);
    assertThat(overlap.earlier()).isEqualTo(new ShardName(0, 9));
    assertThat(overlap.later()).isEqualTo(new ShardName(5, 14));
    assertThat(overlap.rowsFrom()).isEqualTo(10);
  }

  @Test
  void noShardsAreNoneLive() {
    assertThat(LiveRule.of(List.of()).live()).isEmpty();
  }

  @Test
  void itIsWhatTheDefinitionSays() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int turn = 0; turn < 3000; turn++) {
      List<ShardName> shards = anyShards(random);
      LiveRule rule = LiveRule.of(shards);
      String which = "seed " + seed + ", turn " + turn + ": " + shards;
      assertThat(rule.live()).as(which).containsExactlyElementsOf(liveByDefinition(shards));
      assertThat(rule.live().size() + rule.covered().size()).as(which).isEqualTo(shards.size());
      assertThat(rowsRead(rule)).as(which).isEqualTo(rowsOf(shards));
    }
  }

  /** A shard is live unless another of the folder covers its range. */
  private static List<ShardName> liveByDefinition(List<ShardName> shards) {
    Set<ShardName> distinct = new HashSet<>(shards);
    List<ShardName> live = new ArrayList<>();
    for (ShardName one : distinct) {
      if (distinct.stream().noneMatch(other -> !other.equals(one) && other.covers(one))) {
        live.add(one);
      }
    }
    Collections.sort(live);
    return live;
  }

  /** How often each row is read by who keeps to the rule: once, if the rule is right. */
  private static Map<Long, Integer> rowsRead(LiveRule rule) {
    Map<Long, Integer> rows = new TreeMap<>();
    for (ShardName live : rule.live()) {
      long from =
          rule.overlaps().stream()
              .filter(overlap -> overlap.later().equals(live))
              .mapToLong(LiveRule.Overlap::rowsFrom)
              .findFirst()
              .orElse(live.first());
      for (long row = from; row <= live.last(); row++) {
        rows.merge(row, 1, Integer::sum);
      }
    }
    return rows;
  }

  private static Map<Long, Integer> rowsOf(List<ShardName> shards) {
    Map<Long, Integer> rows = new TreeMap<>();
    for (ShardName shard : shards) {
      for (long row = shard.first(); row <= shard.last(); row++) {
        rows.put(row, 1);
      }
    }
    return rows;
  }

  private static List<ShardName> anyShards(Random random) {
    List<ShardName> shards = new ArrayList<>();
    int count = random.nextInt(9);
    int span = 1 + random.nextInt(40);
    for (int i = 0; i < count; i++) {
      long first = random.nextInt(span);
      shards.add(new ShardName(first, first + random.nextInt(span)));
      if (random.nextInt(5) == 0) {
        shards.add(shards.get(random.nextInt(shards.size())));
      }
    }
    return shards;
  }

  private static LiveRule rule(long... ranges) {
    List<ShardName> shards = new ArrayList<>(names(ranges));
    Collections.reverse(shards);
    return LiveRule.of(shards);
  }

  private static List<ShardName> names(long... ranges) {
    List<ShardName> names = new ArrayList<>();
    for (int i = 0; i < ranges.length; i += 2) {
      names.add(new ShardName(ranges[i], ranges[i + 1]));
    }
    return names;
  }
}
