package io.ostraka.shard;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.shard.RowGroupBuffer.Names;
import io.ostraka.shard.RowGroupBuffer.Reals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the roll-up of a shard of a series from its rows, in their order: for each metric of many
 * points its bins of several widths, the finest of which the rule says. Holds the bins of one
 * metric, and none of its points. Not safe for threads.
 */
public final class RollupWriter implements AutoCloseable {
  private final Path target;
  private final Stream stream;
  private final Map<RollupAxis, RollupBinner> binners = new EnumMap<>(RollupAxis.class);

  /** The first points of a metric, until there are enough of them for bins. */
  private final long[] rows;

  private final long[] steps;
  private final long[] times;
  private final double[] values;
  private int waiting;
  private boolean isWorthIt;

  private String name = "";
  private @Nullable RollupFile file;

  /**
   * A writer that has no rows yet.
   *
   * @param target the file to make, if there is anything to put into it
   * @param stream metrics or system
   */
  public RollupWriter(Path target, Stream stream, RollupRule rule) {
    this.target = target;
    this.stream = stream;

    rows = new long[rule.leastPoints()];
    steps = new long[rule.leastPoints()];
    times = new long[rule.leastPoints()];
    values = new double[rule.leastPoints()];
    if (stream.stepRequired()) {
      binners.put(RollupAxis.STEP, new RollupBinner(RollupAxis.STEP, rule));
    }
    binners.put(RollupAxis.TIME, new RollupBinner(RollupAxis.TIME, rule));
  }

  /**
   * Makes the roll-up of a shard that is there.
   *
   * @param target the file to make; it is not synced
   * @param shard where the shard is to be read
   * @return whether there is one; nothing is made of a shard whose metrics are all small
   * @throws io.ostraka.ShardFormatException if the shard is not what its name says
   */
  public static boolean write(
      Path target, WriterKey writer, Stream stream, ShardName name, Path shard, RollupRule rule)
      throws IOException {
    String shownAs = writer.shardKey(stream.folder(), name);
    try (ShardReader reader = ShardReader.open(shard, shownAs);
        RollupWriter rollup = new RollupWriter(target, stream, rule)) {
      reader.footer().check(writer, stream, name);
      RowGroupBuffer group = new RowGroupBuffer(stream, new NameTable(), ColumnReader.BATCH);
      while (reader.nextBatch()) {
        for (int at = 0; at < reader.batchRows(); ) {
          at += group.append(reader, at, reader.batchRows() - at);
        }
        rollup.add(group);
        group.clear(new NameTable());
      }
      return rollup.end(writer.writer(), name);
    }
  }

  /** Takes in the next rows. */
  void add(RowGroupBuffer group) throws IOException {
    int[] names = ((Names) group.columns().get(0)).numbers;
    for (int from = 0; from < group.size(); ) {
      int to = from + 1;
      while (to < group.size() && names[to] == names[from]) {
        to++;
      }
      String next = group.names().name(names[from]);
      if (!next.equals(name)) {
        endMetric();
        name = next;
      }
      add(group, from, to);
      from = to;
    }
  }

  private void add(RowGroupBuffer group, int from, int to) {
    double[] real = ((Reals) group.columns().get(1)).values;
    int at = from;
    if (!isWorthIt) {
      int some = Math.min(to - from, rows.length - waiting);
      System.arraycopy(group.rows(), from, rows, waiting, some);
      System.arraycopy(group.steps(), from, steps, waiting, some);
      System.arraycopy(group.times(), from, times, waiting, some);
      System.arraycopy(real, from, values, waiting, some);
      waiting += some;
      at += some;
      isWorthIt = waiting == rows.length;
      if (isWorthIt) {
        bin(steps, times, rows, values, 0, waiting);
      }
    }
    if (at < to) {
      bin(group.steps(), group.times(), group.rows(), real, at, to);
    }
  }

  private void bin(
      long[] ofSteps, long[] ofTimes, long[] ofRows, double[] ofValues, int from, int to) {
    binners.forEach(
        (axis, binner) -> {
          long[] positions = axis == RollupAxis.STEP ? ofSteps : ofTimes;
          binner.add(positions, ofRows, ofValues, from, to);
        });
  }

  private void endMetric() throws IOException {
    waiting = 0;
    if (!isWorthIt) {
      return;
    }
    isWorthIt = false;
    for (Map.Entry<RollupAxis, RollupBinner> binner : binners.entrySet()) {
      for (RollupLevel level : binner.getValue().end()) {
        open().add(name, binner.getKey(), level);
      }
    }
  }

  private RollupFile open() throws IOException {
    RollupFile opened = file;
    if (opened == null) {
      opened = RollupFile.create(target);
      file = opened;
    }
    return opened;
  }

  /**
   * Ends after the last row: the file is complete then, if there is one.
   *
   * @return whether there is one
   */
  boolean end(WriterId writer, ShardName shard) throws IOException {
    endMetric();
    if (file != null) {
      file.end(stream, writer, shard);
    }
    return file != null;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
