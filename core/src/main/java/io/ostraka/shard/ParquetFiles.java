package io.ostraka.shard;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;

/** How the files that we write are laid out, shards and what is derived from them. */
final class ParquetFiles {
  private static final int COLUMN_INDEX_TRUNCATION_BYTES = 64;
  private static final int STATISTICS_TRUNCATION_BYTES = 1024;

  private ParquetFiles() {}

  /** Writes a file; one that is there is replaced. */
  static ParquetFileWriter writer(Path target, MessageType schema) throws IOException {
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

  /** The pages of one row group. */
  static ColumnChunkPageWriteStore pages(ZstdCodec zstd, MessageType schema) {
    return new ColumnChunkPageWriteStore(
        zstd, schema, HeapByteBufferAllocator.getInstance(), COLUMN_INDEX_TRUNCATION_BYTES, true);
  }
}
