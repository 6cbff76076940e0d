package io.ostraka.query;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  record Entry(long count, @Nullable Extent steps, Extent timesMicros) {}

  /** Collects the entries of one shard. */
  static final class Builder {
    private final List<String> names = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    void add(String name, Entry entry) {
      names.add(name);
      entries.add(entry);
    }

    /**
     * The summary.
     *
     * @param like another shard's: if it has the same names, they are shared
     */
    ShardSummary build(@Nullable ShardSummary like) {
      Integer[] order = new Integer[names.size()];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> names.get(a).compareTo(names.get(b)));
      String[] sorted = new String[order.length];
      long[] numbers = new long[order.length * NUMBERS];
      for (int i = 0; i < order.length; i++) {
        sorted[i] = names.get(order[i]);
        Entry entry = entries.get(order[i]);
        Extent steps = entry.steps();
        int at = i * NUMBERS;
        numbers[at] = entry.count();
        numbers[at + 1] = steps == null ? 0 : steps.first();
        numbers[at + 2] = steps == null ? -1 : steps.last();
        numbers[at + 3] = entry.timesMicros().first();
        numbers[at + 4] = entry.timesMicros().last();
      }
      if (like != null && Arrays.equals(like.names, sorted)) {
        sorted = like.names;
      }
      return new ShardSummary(sorted, numbers);
    }
  }
}
