package io.ostraka.query;

import io.ostraka.shard.MetricTotals;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics one shard holds, how many points of each, and from where to where. Five numbers for
 * each name, so that thousands of shards of thousands of metrics fit.
 */
final class ShardSummary {
  private static final int NUMBERS = 5;

  private final String[] names;
  private final long[] numbers;

  private ShardSummary(String[] names, long[] numbers) {
    this.names = names;
    this.numbers = numbers;
  }

  /**
   * The summary of a shard by a table of its metrics.
   *
   * @param like another shard's: if it has the same names, they are shared
   */
  static ShardSummary of(Map<String, MetricTotals> table, @Nullable ShardSummary like) {
    Builder builder = new Builder();
    table.forEach(
        (name, totals) -> {
          Extent steps =
              totals.steps().map(span -> new Extent(span.least(), span.greatest())).orElse(null);
          Extent times = new Extent(totals.firstMicros(), totals.lastMicros());
          builder.add(name, new Entry(totals.count(), steps, times));
        });
    return builder.build(like);
  }

  /** The names, ascending. */
  List<String> names() {
    return List.of(names);
  }

  /** What the shard holds of a metric, or null if it holds nothing. */
  @Nullable Entry find(String metric) {
    int found = Arrays.binarySearch(names, metric);
    return found < 0 ? null : entry(found);
  }

  /** What the shard holds of the i-th name. */
  Entry entry(int i) {
    int at = i * NUMBERS;
    long count = numbers[at];
    boolean hasStep = numbers[at + 1] <= numbers[at + 2];
    Extent steps = hasStep ? new Extent(numbers[at + 1], numbers[at + 2]) : null;
    return new Entry(count, steps, new Extent(numbers[at + 3], numbers[at + 4]));
  }

  /**
   * What is left below a step, or null if the shard has to be read to know: a metric lies on both
   * sides.
   */
  @Nullable ShardSummary below(long step) {
    Builder kept = new Builder();
    for (int i = 0; i < names.length; i++) {
      Entry entry = entry(i);
      Extent steps = entry.steps();
      if (steps == null || steps.last() < step) {
        kept.add(names[i], entry);
      } else if (steps.first() < step) {
        return null;
      }
    }
    return kept.entries.size() == names.length ? this : kept.build(null);
  }

  /** When the first point of each name was logged, in microseconds since the epoch. */
  LongStream firstTimes() {
    return IntStream.range(0, names.length).mapToLong(i -> entry(i).timesMicros().first());
  }

  /**
   * Points of one metric in one shard.
   *
   * @param steps null if no point has a step
   * @param timesMicros in microseconds since the epoch
   */
  record Entry(long count, @Nullable Extent steps, Extent timesMicros) {
    /** The points of both. */
    Entry and(Entry other) {
      return new Entry(
          count + other.count,
          Extent.union(steps, other.steps),
          Objects.requireNonNull(Extent.union(timesMicros, other.timesMicros)));
    }
  }

  /** Collects the entries of one shard. */
  static final class Builder {
    private final TreeMap<String, Entry> entries = new TreeMap<>();

    void add(String name, Entry entry) {
      entries.merge(name, entry, Entry::and);
    }

    void addAll(ShardSummary summary) {
      for (int i = 0; i < summary.names.length; i++) {
        add(summary.names[i], summary.entry(i));
      }
    }

    /**
     * The summary.
     *
     * @param like another shard's: if it has the same names, they are shared
     */
    ShardSummary build(@Nullable ShardSummary like) {
      String[] sorted = entries.keySet().toArray(String[]::new);
      long[] numbers = new long[sorted.length * NUMBERS];
      int at = 0;
      for (Entry entry : entries.values()) {
        Extent steps = entry.steps();
        numbers[at] = entry.count();
        numbers[at + 1] = steps == null ? 0 : steps.first();
        numbers[at + 2] = steps == null ? -1 : steps.last();
        numbers[at + 3] = entry.timesMicros().first();
        numbers[at + 4] = entry.timesMicros().last();
        at += NUMBERS;
      }
      if (like != null && Arrays.equals(like.names, sorted)) {
        sorted = like.names;
      }
      return new ShardSummary(sorted, numbers);
    }
  }
}
