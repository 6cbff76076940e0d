package io.ostraka.shard;

import io.ostraka.Stream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Takes the rows of sorted sources in their order and writes them, group by group. Not safe for
 * threads.
 *
 * <p>First by names: the sources that stand at the least name form one merge by step and row, until
 * all of them have left it. Within that, the source with the least row gives all its rows up to the
 * next source's first: since steps mostly ascend with row numbers, those are long stretches, and
 * what is done for each row is a copy.
 */
final class RowMerge {
  private static final int FIRST_CAPACITY = 4096;

  private final ShardFile target;
  private final Stream stream;
  private final RowGroupBuffer group;

  /** Writes to a shard that is begun. */
  RowMerge(ShardFile target, Stream stream) {
    this.target = target;
    this.stream = stream;
    this.group = new RowGroupBuffer(stream, new NameTable(), FIRST_CAPACITY);
  }

  /** Takes all rows of the sources. */
  void write(List<MergeSource> sources) throws IOException {
    if (stream.sortedByName()) {
      mergeByName(sources);
    } else {
      mergeRows(sources);
    }
    if (!group.isEmpty()) {
      target.write(group);
    }
  }

  private void mergeByName(List<MergeSource> sources) throws IOException {
    PriorityQueue<MergeSource> byName =
        new PriorityQueue<>(Comparator.comparing(MergeSource::name, Arrays::compareUnsigned));
    for (MergeSource source : sources) {
      addUnlessAtEnd(byName, source);
    }
    List<MergeSource> same = new ArrayList<>();
    for (MergeSource least = byName.poll(); least != null; least = byName.poll()) {
      same.clear();
      same.add(least);
      for (MergeSource next = byName.peek();
          next != null && Arrays.equals(next.name(), least.name());
          next = byName.peek()) {
        same.add(next);
        byName.remove();
      }
      mergeRows(same);
      for (MergeSource source : same) {
        addUnlessAtEnd(byName, source);
      }
    }
  }

  private static void addUnlessAtEnd(PriorityQueue<MergeSource> queue, MergeSource source) {
    if (!source.isAtEnd()) {
      queue.add(source);
    }
  }

  /** Takes the rows of sources that stand at one name, as far as they have it. */
  private void mergeRows(List<MergeSource> sources) throws IOException {
    PriorityQueue<MergeSource> byRow = new PriorityQueue<>(MergeSource::compare);
    for (MergeSource source : sources) {
      addUnlessAtEnd(byRow, source);
    }
    for (MergeSource least = byRow.poll(); least != null; least = byRow.poll()) {
      byte[] name = least.name();
      MergeSource next = byRow.peek();
      boolean more = true;
      while (more) {
        int same = least.sameName();
        int count = next == null ? same : least.before(next, same);
        take(least, count);
        more = !least.isAtEnd() && least.name() == name;
        if (more && next != null && MergeSource.compare(least, next) > 0) {
          byRow.add(least);
          more = false;
        }
      }
    }
  }

  private void take(MergeSource source, int count) throws IOException {
    for (int left = count; left > 0; ) {
      left -= source.appendTo(group, left);
      if (group.isFull()) {
        target.write(group);
        group.clear(new NameTable());
      }
    }
  }
}
