package io.ostraka.doctor;

import io.ostraka.Column;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.ShardMerger;
import io.ostraka.shard.ShardMerger.Source;
import io.ostraka.shard.ShardReader;
import io.ostraka.shard.ShardWriter;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes one shard of several that share rows: of each later one the rows beyond the one before are
 * cut out, so that the parts lie side by side, and these are merged. Takes the memory of some
 * hundred thousand rows; of a long shard the cut is made in several passes.
 */
final class Mending {
  private static final int CUT_ROWS = 1 << 17;

  private final ShardStore store;
  private final Path scratch;
  private final WriterKey writer;
  private final Stream stream;
  private int files;

  /**
   * A mending of one stream.
   *
   * @param scratch a folder of its own
   */
  Mending(ShardStore store, Path scratch, WriterKey writer, Stream stream) {
    this.store = store;
    this.scratch = scratch;
    this.writer = writer;
    this.stream = stream;
  }

  /**
   * Makes the shard.
   *
   * @param shards each shares rows with the one before or begins where that ends
   * @return the file, which is named as the shard
   */
  Path make(List<ShardName> shards, ShardName target) throws IOException {
    List<LocalCopy> held = new ArrayList<>();
    try (ShardMerger merger = new ShardMerger()) {
      List<Source> sources = new ArrayList<>();
      long next = shards.get(0).first();
      for (ShardName shard : shards) {
        LocalCopy copy = store.open(writer.shardKey(stream.folder(), shard));
        held.add(copy);
        if (shard.first() == next) {
          sources.add(new Source(copy.path(), shard));
        } else {
          sources.addAll(cut(copy.path(), shard, next));
        }
        next = shard.last() + 1;
      }
      Path made = scratch.resolve(target.format());
      merger.merge(made, writer, stream, sources);
      return made;
    } finally {
      held.forEach(LocalCopy::close);
    }
  }

  /** The rows of a shard from one on, as shards of their own. */
  private List<Source> cut(Path file, ShardName shard, long from) throws IOException {
    List<Source> parts = new ArrayList<>();
    for (long first = from; first <= shard.last(); first += CUT_ROWS) {
      ShardName part = new ShardName(first, Math.min(shard.last(), first + CUT_ROWS - 1));
      Path target = scratch.resolve("cut-" + files++ + ".parquet");
      try (ShardWriter shards = new ShardWriter()) {
        shards.write(target, writer.writer(), part.first(), rows(file, shard, part));
      }
      parts.add(new Source(target, part));
    }
    return parts;
  }

  private RowBuffer rows(Path file, ShardName shard, ShardName part) throws IOException {
    @Nullable Row[] byNumber = new Row[Math.toIntExact(part.rows())];
    try (ShardReader reader = ShardReader.open(file, writer.shardKey(stream.folder(), shard))) {
      while (reader.next()) {
        long row = reader.row();
        if (part.first() <= row && row <= part.last()) {
          byNumber[(int) (row - part.first())] = row(reader);
        }
      }
    }
    RowBuffer rows = new RowBuffer(stream, new NameTable());
    for (Row row : byNumber) {
      Row read = Objects.requireNonNull(row, "examined and found whole");
      rows.addRow(read.hasStep(), read.step(), read.timeMicros(), read.cells());
    }
    return rows;
  }

  private Row row(ShardReader reader) throws IOException {
    List<Object> cells = new ArrayList<>();
    for (int i = 0; i < stream.columns().size(); i++) {
      boolean isNumber = stream.columns().get(i).type() == Column.Type.DOUBLE;
      cells.add(
          isNumber ? (Object) reader.real(i) : reader.text(i).getBytes(StandardCharsets.UTF_8));
    }
    return new Row(reader.hasStep(), reader.step(), reader.timeMicros(), cells);
  }

  /** One row out of its shard. */
  private record Row(boolean hasStep, long step, long timeMicros, List<Object> cells) {}
}
