package io.ostraka.shard;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One source of a merge: the rows of a shard, each of which is checked to come after the one
 * before, and which in the end are each row of the shard's range once. Not safe for threads.
 */
final class MergeSource implements AutoCloseable {
  private final ShardReader reader;
  private final String shownAs;
  private final ShardName range;
  private final boolean byName;
  private final boolean optionalStep;
  private final RowSum sum = new RowSum();

  private int at;
  private int end;
  private long[] rows = {};
  private long[] steps = {};
  private boolean[] withoutStep = {};
  private int[] indices = {};

  /** The present row's name; another object only when it is another name. */
  private byte[] name = {};

  private int nameIndex = -1;
  private @Nullable NameReader names;

  // The last row of the batch before.
  private boolean begun;
  private long lastRow = -1;
  private long lastStep;
  private boolean lastWithoutStep;
  private int lastIndex;

  /**
   * A source that stands at its first row.
   *
   * @param range the rows that it must hold
   */
  static MergeSource open(ShardReader reader, WriterKey writer, Stream stream, ShardName range)
      throws IOException {
    MergeSource source =
        new MergeSource(reader, stream, writer.shardKey(stream.folder(), range), range);
    try {
      reader.footer().check(writer, stream, range);
      if (reader.hasMoreColumns()) {
        throw source.refuse("it has columns that this build does not know, so it is not merged");
      }
      source.nextBatch();
    } catch (ShardFormatException e) {
      throw new UnreadableSourceException(range, e);
    }
    return source;
  }

  private MergeSource(ShardReader reader, Stream stream, String shownAs, ShardName range) {
    this.reader = reader;
    this.shownAs = shownAs;
    this.range = range;
    this.byName = stream.sortedByName();
    this.optionalStep = !stream.stepRequired();
  }

  /** Whether there is no row left, all of them having been what they should. */
  boolean isAtEnd() {
    return at == end;
  }

  /** The present row's name in UTF-8, for a stream that is sorted by name; not to be changed. */
  byte[] name() {
    return name;
  }

  /** Compares the present rows of two sources, whose names are the same if they have any. */
  static int compare(MergeSource a, MergeSource b) {
    return a.compareAt(a.at, b);
  }

  private int compareAt(int place, MergeSource b) {
    if (byName) {
      if (optionalStep && withoutStep[place] != b.withoutStep[b.at]) {
        return withoutStep[place] ? -1 : 1;
      }
      int byStep = Long.compare(steps[place], b.steps[b.at]);
      if (byStep != 0) {
        return byStep;
      }
    }
    return Long.compare(rows[place], b.rows[b.at]);
  }

  /** How many rows of the batch, the present one first, have its name. */
  int sameName() {
    if (!byName) {
      return end - at;
    }
    int to = at + 1;
    while (to < end && indices[to] == nameIndex) {
      to++;
    }
    return to - at;
  }

  /** How many of {@code count} rows come before the present row of another source. */
  int before(MergeSource other, int count) {
    if (compareAt(at + count - 1, other) < 0) {
      return count; // most of the time whole batches do, since steps ascend with rows
    }
    int n = 1;
    while (n < count && compareAt(at + n, other) < 0) {
      n++;
    }
    return n;
  }

  /**
   * Adds the present row and those after it to a group, as far as there is room, and goes on to the
   * next.
   *
   * @param count how many, at most
   * @return how many were added, at least one
   */
  int appendTo(RowGroupBuffer group, int count) throws IOException {
    try {
      int taken = group.append(reader, at, count);
      at += taken;
      if (at < end) {
        takeName();
      } else {
        nextBatch();
      }
      return taken;
    } catch (ShardFormatException e) {
      throw new UnreadableSourceException(range, e);
    } catch (DamagedPageException e) {
      throw new UnreadableSourceException(range, reader.damaged(e));
    }
  }

  private void nextBatch() throws IOException {
    at = 0;
    end = 0;
    if (!reader.nextBatch()) {
      if (!sum.isEachOnce(range)) {
        throw refuse("its rows are not those of its name, each once");
      }
      return;
    }
    end = reader.batchRows();
    rows = reader.rows();
    if (byName) {
      steps = reader.steps();
      withoutStep = reader.withoutStep();
      NameReader batchNames = (NameReader) reader.values(0);
      indices = batchNames.indices();
      if (reader.beginsGroup()) {
        beginGroup(batchNames);
      }
    }
    checkOrder();
    sum.add(rows, end);
    takeName();
  }

  private void beginGroup(NameReader next) throws ShardFormatException {
    names = next;
    if (!next.isSorted()) {
      throw refuse("its names are out of order");
    }
    int order = begun ? Arrays.compareUnsigned(name, next.utf8(indices[0])) : -1;
    if (order > 0) {
      throw outOfOrder();
    }
    lastIndex = order == 0 ? indices[0] : -1;
    nameIndex = -1;
  }

  private void takeName() {
    if (!byName || indices[at] == nameIndex) {
      return;
    }
    nameIndex = indices[at];
    byte[] now = Objects.requireNonNull(names).utf8(nameIndex);
    if (!Arrays.equals(now, name)) {
      name = now;
    }
  }

  /** Checks that each row of the batch comes after the one before. */
  private void checkOrder() throws ShardFormatException {
    long row = lastRow;
    if (!byName) {
      for (int i = 0; i < end; i++) {
        if (rows[i] <= row) {
          throw outOfOrder();
        }
        row = rows[i];
      }
      lastRow = row;
      return;
    }
    long step = lastStep;
    boolean without = lastWithoutStep;
    int index = lastIndex;
    for (int i = 0; i < end; i++) {
      boolean nowWithout = optionalStep && withoutStep[i];
      boolean after =
          indices[i] == index
              ? nowWithout == without
                  ? steps[i] > step || (steps[i] == step && rows[i] > row)
                  : without
              : indices[i] > index;
      if (!after) {
        throw outOfOrder();
      }
      index = indices[i];
      without = nowWithout;
      step = steps[i];
      row = rows[i];
    }
    begun = true;
    lastIndex = index;
    lastWithoutStep = without;
    lastStep = step;
    lastRow = row;
  }

  private ShardFormatException outOfOrder() {
    return refuse("its rows are out of order");
  }

  private ShardFormatException refuse(String reason) {
    return ShardFooter.refuse(shownAs, reason + "; put back the original file or remove this one");
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
