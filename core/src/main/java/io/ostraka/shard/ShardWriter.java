package io.ostraka.shard;

import io.ostraka.Column;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.shard.RowBuffer.NameBuffer;
import io.ostraka.shard.RowBuffer.RealBuffer;
import io.ostraka.shard.RowBuffer.TextBuffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;

/**
 * Writes rows as a shard: sorted, in row groups of up to 131,072 rows with one page for each
 * column, compressed by Zstandard, with an offset index for every column. Uses no class of Hadoop
 * at run time. Not safe for threads.
 */
public final class ShardWriter implements AutoCloseable {
  /**
   * One metric of a large shard is read alone by few range requests, and larger groups gain 0.1 %.
   */
  static final int ROW_GROUP_ROWS = 131_072;

  /** Long texts end a row group earlier, so that a page stays small enough to be made in memory. */
  static final int ROW_GROUP_TEXT_BYTES = 8 << 20;

  private static final int COLUMN_INDEX_TRUNCATION_BYTES = 64;
  private static final int STATISTICS_TRUNCATION_BYTES = 1024;

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
    Stream stream = rows.stream();
    ShardName name = new ShardName(first, first + rows.size() - 1);
    MessageType schema = ShardSchema.of(stream);
    int[] order = RowOrder.of(rows);
    try (ParquetFileWriter file = open(target, schema)) {
      file.start();
      int to;
      for (int from = 0; from < order.length; from = to) {
        to = groupEnd(rows, order, from);
        try (ColumnChunkPageWriteStore pages = pages(schema)) {
          writeGroup(pages, schema, new PageEncoder(order, from, to), first, rows);
          file.startBlock(to - from);
          pages.flushToFileWriter(file);
          file.endBlock();
        }
      }
      file.end(metadata(stream, writer, name));
    }
    return name;
  }

  private static int groupEnd(RowBuffer rows, int[] order, int from) {
    int end = Math.min(order.length, from + ROW_GROUP_ROWS);
    if (!rows.hasTexts()) {
      return end;
    }
    long textBytes = 0;
    for (int to = from; to < end; to++) {
      textBytes += rows.textBytes(order[to]);
      if (textBytes > ROW_GROUP_TEXT_BYTES) {
        return to + 1;
      }
    }
    return end;
  }

  /** The key-value metadata by which a shard says what it is. */
  static Map<String, String> metadata(Stream stream, WriterId writer, ShardName name) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(ShardFooter.FORMAT_KEY, Integer.toString(ShardFooter.FORMAT));
    metadata.put(ShardFooter.STREAM_KEY, stream.folder());
    metadata.put(ShardFooter.WRITER_KEY, writer.text());
    metadata.put(ShardFooter.FIRST_ROW_KEY, Long.toString(name.first()));
    metadata.put(ShardFooter.LAST_ROW_KEY, Long.toString(name.last()));
    return metadata;
  }

  private static ParquetFileWriter open(Path target, MessageType schema) throws IOException {
    return new ParquetFileWriter(
        new LocalOutputFile(target),
        schema,
        ParquetFileWriter.Mode.OVERWRITE,
        Long.MAX_VALUE,
        0,
        null,
        ParquetProperties.builder()
            .withColumnIndexTruncateLength(COLUMN_INDEX_TRUNCATION_BYTES)
            .withStatisticsTruncateLength(STATISTICS_TRUNCATION_BYTES)
            .withPageWriteChecksumEnabled(true)
            .build());
  }

  private ColumnChunkPageWriteStore pages(MessageType schema) {
    return new ColumnChunkPageWriteStore(
        zstd, schema, HeapByteBufferAllocator.getInstance(), COLUMN_INDEX_TRUNCATION_BYTES, true);
  }

  private static void writeGroup(
      ColumnChunkPageWriteStore pages,
      MessageType schema,
      PageEncoder encoder,
      long first,
      RowBuffer rows)
      throws IOException {
    Stream stream = rows.stream();
    ColumnDescriptor row = column(schema, "row");
    encoder.writeRows(pages.getPageWriter(row), row, first);
    ColumnDescriptor step = column(schema, "step");
    if (stream.stepRequired()) {
      encoder.writeLongs(pages.getPageWriter(step), step, rows.steps());
    } else {
      encoder.writeOptionalSteps(pages.getPageWriter(step), step, rows);
    }
    ColumnDescriptor time = column(schema, "time");
    encoder.writeLongs(pages.getPageWriter(time), time, rows.times());
    int index = 0;
    for (Column declared : stream.columns()) {
      ColumnDescriptor column = column(schema, declared.name());
      PageWriter page = pages.getPageWriter(column);
      RowBuffer.ColumnBuffer values = rows.column(index++);
      if (values instanceof NameBuffer names) {
        encoder.writeNames(page, column, names, rows.names());
      } else if (values instanceof TextBuffer texts) {
        encoder.writeTexts(page, column, texts);
      } else if (values instanceof RealBuffer reals) {
        encoder.writeReals(page, column, reals);
      }
    }
  }

  private static ColumnDescriptor column(MessageType schema, String name) {
    return schema.getColumnDescription(new String[] {name});
  }

  @Override
  public void close() {
    zstd.release();
  }
}
