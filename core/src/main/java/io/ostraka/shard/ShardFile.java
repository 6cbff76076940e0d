package io.ostraka.shard;

import io.ostraka.Column;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.shard.RowGroupBuffer.GroupColumn;
import io.ostraka.shard.RowGroupBuffer.Names;
import io.ostraka.shard.RowGroupBuffer.Reals;
import io.ostraka.shard.RowGroupBuffer.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * A shard that is being written, one row group after the other, with one page for each column,
 * compressed by Zstandard, with an offset index for every column. Uses no class of Hadoop at run
 * time. Not safe for threads.
 */
final class ShardFile implements AutoCloseable {

  private final Stream stream;
  private final MessageType schema;
  private final ZstdCodec zstd;
  private final ParquetFileWriter file;
  private final MetricTable metrics = new MetricTable();
  private final @Nullable RollupBeside rollup;

  private ShardFile(Path target, Stream stream, ZstdCodec zstd, @Nullable RollupBeside rollup)
      throws IOException {
    this.stream = stream;
    this.rollup = rollup;
    this.schema = ShardSchema.of(stream);
    this.zstd = zstd;
    this.file = ParquetFiles.writer(target, schema);
  }

  /**
   * Begins a file; one that is there is replaced.
   *
   * @param zstd compresses its pages, and is left open
   */
  static ShardFile create(Path target, Stream stream, ZstdCodec zstd) throws IOException {
    return create(target, stream, zstd, null);
  }

  /**
   * The same with a roll-up.
   *
   * @param rollup is given every row, and ended by the caller; null for none
   */
  static ShardFile create(Path target, Stream stream, ZstdCodec zstd, @Nullable RollupBeside rollup)
      throws IOException {
    ShardFile shard = new ShardFile(target, stream, zstd, rollup);
    try {
      shard.file.start();
      return shard;
    } catch (IOException e) {
      shard.close();
      throw e;
    }
  }

  /** Writes a row group. */
  void write(RowGroupBuffer group) throws IOException {
    try (ColumnChunkPageWriteStore pages = ParquetFiles.pages(zstd, schema)) {
      encode(group, pages);
      file.startBlock(group.size());
      pages.flushToFileWriter(file);
      file.endBlock();
    }
    metrics.add(group);
    if (rollup != null) {
      rollup.add(group);
    }
  }

  private void encode(RowGroupBuffer group, ColumnChunkPageWriteStore pages) throws IOException {
    PageEncoder encoder = new PageEncoder(group.size());
    ColumnDescriptor row = column("row");
    encoder.writeLongs(pages.getPageWriter(row), row, group.rows());
    ColumnDescriptor step = column("step");
    if (stream.stepRequired()) {
      encoder.writeLongs(pages.getPageWriter(step), step, group.steps());
    } else {
      encoder.writeOptionalSteps(
          pages.getPageWriter(step), step, group.steps(), group.withoutStep());
    }
    ColumnDescriptor time = column("time");
    encoder.writeLongs(pages.getPageWriter(time), time, group.times());
    int index = 0;
    for (Column declared : stream.columns()) {
      ColumnDescriptor column = column(declared.name());
      PageWriter page = pages.getPageWriter(column);
      GroupColumn values = group.columns().get(index++);
      if (values instanceof Names names) {
        encoder.writeNames(page, column, names.numbers, group.names());
      } else if (values instanceof Texts texts) {
        encoder.writeTexts(page, column, texts);
      } else if (values instanceof Reals reals) {
        encoder.writeReals(page, column, reals.values);
      }
    }
  }

  private ColumnDescriptor column(String name) {
    return schema.getColumnDescription(new String[] {name});
  }

  /** Writes the footer: the file is complete then, and not synced. */
  void end(WriterId writer, ShardName name) throws IOException {
    Map<String, String> metadata = metadata(stream, writer, name);
    metrics.format().ifPresent(table -> metadata.put(ShardFooter.METRICS_KEY, table));
    file.end(metadata);
  }

  /** The key-value metadata by which a shard says what it is. */
  private static Map<String, String> metadata(Stream stream, WriterId writer, ShardName name) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(ShardFooter.FORMAT_KEY, Integer.toString(ShardFooter.FORMAT));
    metadata.put(ShardFooter.STREAM_KEY, stream.folder());
    metadata.put(ShardFooter.WRITER_KEY, writer.text());
    metadata.put(ShardFooter.FIRST_ROW_KEY, Long.toString(name.first()));
    metadata.put(ShardFooter.LAST_ROW_KEY, Long.toString(name.last()));
    return metadata;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
