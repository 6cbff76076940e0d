package io.ostraka.shard;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Shards of metrics whose rows are not what their footers say: for tests of those who check. */
public final class OddShard {
  private OddShard() {}

  /**
   * A shard whose pages and footer are in order.
   *
   * @param rows the row numbers in the order of the file; step and value follow from them
   * @param names the name of each row
   */
  public static byte[] bytes(
      Path folder, WriterId writer, ShardName name, List<Long> rows, List<String> names)
      throws IOException {
    RowBuffer buffer = new RowBuffer(Stream.METRICS, new NameTable());
    int[] order = new int[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      order[i] = i;
      byte[] utf8 = names.get(i).getBytes(StandardCharsets.UTF_8);
      buffer.addRow(true, rows.get(i), 0, List.of(utf8, rows.get(i) + 0.5));
    }
    RowGroupBuffer group = new RowGroupBuffer(Stream.METRICS, buffer.names(), rows.size());
    group.fill(buffer, order, 0, 0);
    for (int i = 0; i < rows.size(); i++) {
      group.rows()[i] = rows.get(i);
    }
    Path file = Files.createTempFile(folder, "odd", ".parquet");
    ZstdCodec zstd = new ZstdCodec();
    try (ShardFile shard = ShardFile.create(file, Stream.METRICS, zstd)) {
      shard.write(group);
      shard.end(writer, name);
    } finally {
      zstd.release();
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }
}
