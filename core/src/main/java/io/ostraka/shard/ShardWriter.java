package io.ostraka.shard;

import io.ostraka.ShardName;
import io.ostraka.WriterId;
import java.io.IOException;
import java.nio.file.Path;

/** Writes the rows of a buffer as a shard, sorted. Not safe for threads. */
public final class ShardWriter implements AutoCloseable {
  private final ZstdCodec zstd = new ZstdCodec();

  /**
   * Writes all rows of a buffer.
   *
   * @param target the file to make; one that is there is replaced. It is complete when this
   *     returns, and not synced
   * @param first the row number of the buffer's first row
   * @param rows at least one
   * @return the shard's name
   */
  public ShardName write(Path target, WriterId writer, long first, RowBuffer rows)
      throws IOException {
    ShardName name = new ShardName(first, first + rows.size() - 1);
    int[] order = RowOrder.of(rows);
    try (ShardFile file = ShardFile.create(target, rows.stream(), zstd)) {
      RowGroupBuffer group =
          new RowGroupBuffer(
              rows.stream(), rows.names(), Math.min(order.length, RowGroupBuffer.MAX_ROWS));
      for (int from = 0; from < order.length; ) {
        from = group.fill(rows, order, from, first);
        file.write(group);
        group.clear(rows.names());
      }
      file.end(writer, name);
    }
    return name;
  }

  @Override
  public void close() {
    zstd.release();
  }
}
