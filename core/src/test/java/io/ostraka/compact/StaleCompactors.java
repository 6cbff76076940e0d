package io.ostraka.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ShardName;
import io.ostraka.catalog.LiveRule;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * One stream, one writer that publishes in order, and any number of compactors that make any
 * allowed merge and retire by listings of any age. A listing is also made over some time: of what
 * came or went meanwhile it shows some and not the rest. Some compactors find shards unreadable
 * that others read.
 */
final class StaleCompactors {
  private final Random random;
  private final List<Set<ShardName>> history = new ArrayList<>();
  private final Set<ShardName> made = new TreeSet<>();
  private Set<ShardName> store = new TreeSet<>();
  private long rows;
  private boolean ended;
  private long endedAt = Long.MAX_VALUE;

  StaleCompactors(long seed) {
    random = new Random(seed);
  }

  void run() {
    int shards = 1 + random.nextInt(120);
    int rowsOfAShard = 1 << random.nextInt(10);
    history.add(Set.of());
    for (int published = 0; published < shards || random.nextInt(60) > 0; ) {
      switch (random.nextInt(4)) {
        case 0 -> {
          if (published < shards) {
            published++;
            publish(1 + random.nextInt(rowsOfAShard));
          } else if (!ended) {
            ended = true;
            endedAt = history.size();
          }
        }
        case 1 -> retire();
        default -> merge();
      }
      history.add(new TreeSet<>(store));
      checkRows();
    }
    checkNested();
  }

  private void publish(int count) {
    add(new ShardName(rows, rows + count - 1));
    rows += count;
  }

  private void add(ShardName name) {
    store.add(name);
    made.add(name);
  }

  private void merge() {
    int upTo = random.nextInt(history.size());
    List<SizedShard> listing = new ArrayList<>();
    for (ShardName name : listing(upTo)) {
      if (random.nextInt(50) > 0) {
        listing.add(new SizedShard(name, name.rows()));
      }
    }
    OptionalLong last = upTo >= endedAt ? OptionalLong.of(rows - 1) : OptionalLong.empty();
    List<Merge> merges = BlockRule.merges(listing, last);
    if (merges.isEmpty()) {
      return;
    }
    Merge merge = merges.get(random.nextInt(merges.size()));
    if (store.containsAll(merge.sources())) {
      add(merge.target());
    }
  }

  /** What a listing shows that was begun some time before and ended then. */
  private Set<ShardName> listing(int end) {
    int begin = Math.max(0, end - random.nextInt(12));
    Set<ShardName> shown = new TreeSet<>();
    for (int time = begin; time <= end; time++) {
      shown.addAll(history.get(time));
    }
    Set<ShardName> throughout = new TreeSet<>(shown);
    for (int time = begin; time <= end; time++) {
      throughout.retainAll(history.get(time));
    }
    shown.removeIf(name -> !throughout.contains(name) && random.nextBoolean());
    return shown;
  }

  /** Removes shards that a listing shows as covered by one that is there. */
  private void retire() {
    LiveRule rule = LiveRule.of(listing(random.nextInt(history.size())));
    for (ShardName name : rule.covered()) {
      boolean isCovered =
          rule.live().stream().anyMatch(live -> live.covers(name) && store.contains(live));
      if (isCovered && random.nextBoolean()) {
        store.remove(name);
      }
    }
  }

  private void checkRows() {
    LiveRule rule = LiveRule.of(store);
    assertThat(rule.overlaps()).isEmpty();
    long next = 0;
    for (ShardName name : rule.live()) {
      assertThat(name.first()).isEqualTo(next);
      next = name.last() + 1;
    }
    assertThat(next).isEqualTo(rows);
  }

  private void checkNested() {
    for (ShardName a : made) {
      for (ShardName b : made) {
        boolean apart = a.last() < b.first() || b.last() < a.first();
        assertThat(apart || a.covers(b) || b.covers(a)).as("%s and %s", a, b).isTrue();
      }
    }
  }
}
