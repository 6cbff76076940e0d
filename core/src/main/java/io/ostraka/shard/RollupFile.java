package io.ostraka.shard;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * A roll-up that is being written: bins as rows, sorted by metric, axis, width and bin, laid out
 * and encoded as shards are. A level of many bins is a row group of its own, small ones share one;
 * so a reader reads little beside what it wants. Not safe for threads.
 */
final class RollupFile implements AutoCloseable {
  /** The version of the layout. */
  static final int FORMAT = 1;

  /** The key of the version among the footer's metadata. */
  static final String FORMAT_KEY = "ostraka.rollup";

  static final List<String> NAMES = List.of("name", "axis");
  static final List<String> INTEGERS = List.of("width", "bin", "count", "nonfinite", "last_row");
  static final List<String> REALS = List.of("min", "max", "mean", "last");

  private static final int GROUP_BINS = 4096;
  private static final MessageType SCHEMA = schema();

  private final ParquetFileWriter file;
  private final ZstdCodec zstd = new ZstdCodec();
  private final NameTable axes = new NameTable();
  private NameTable names = new NameTable();
  private int[][] numbers = new int[NAMES.size()][GROUP_BINS];
  private long[][] integers = new long[INTEGERS.size()][GROUP_BINS];
  private double[][] reals = new double[REALS.size()][GROUP_BINS];
  private int size;

  private RollupFile(Path target) throws IOException {
    this.file = ParquetFiles.writer(target, SCHEMA);
  }

  /** Begins a file; one that is there is replaced. */
  static RollupFile create(Path target) throws IOException {
    RollupFile rollup = new RollupFile(target);
    try {
      rollup.file.start();
      return rollup;
    } catch (IOException e) {
      rollup.close();
      throw e;
    }
  }

  private static MessageType schema() {
    Types.MessageTypeBuilder schema = Types.buildMessage();
    for (String name : NAMES) {
      schema.addField(
          Types.required(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(name));
    }
    for (String integer : INTEGERS) {
      schema.addField(Types.required(PrimitiveTypeName.INT64).named(integer));
    }
    for (String real : REALS) {
      schema.addField(Types.required(PrimitiveTypeName.DOUBLE).named(real));
    }
    return schema.named("rollup");
  }

  /** Writes the next level, in the order of metrics, axes and widths. */
  void add(String name, RollupAxis axis, RollupLevel level) throws IOException {
    if (size > 0 && size + level.size() > GROUP_BINS) {
      writeGroup();
    }
    int end = size + level.size();
    reserve(end);
    Arrays.fill(numbers[0], size, end, names.number(name));
    Arrays.fill(numbers[1], size, end, axes.number(axis.text()));
    Arrays.fill(integers[0], size, end, level.width());
    copy(level.bins(), integers[1]);
    copy(level.counts(), integers[2]);
    copy(level.nonFinites(), integers[3]);
    copy(level.lastRows(), integers[4]);
    copy(level.mins(), reals[0]);
    copy(level.maxs(), reals[1]);
    copy(level.means(), reals[2]);
    copy(level.lasts(), reals[3]);
    size = end;
  }

  private void copy(long[] from, long[] to) {
    System.arraycopy(from, 0, to, size, from.length);
  }

  private void copy(double[] from, double[] to) {
    System.arraycopy(from, 0, to, size, from.length);
  }

  private void reserve(int capacity) {
    if (capacity > numbers[0].length) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = Arrays.copyOf(numbers[i], capacity);
      }
      for (int i = 0; i < integers.length; i++) {
        integers[i] = Arrays.copyOf(integers[i], capacity);
      }
      for (int i = 0; i < reals.length; i++) {
        reals[i] = Arrays.copyOf(reals[i], capacity);
      }
    }
  }

  private void writeGroup() throws IOException {
    try (ColumnChunkPageWriteStore pages = ParquetFiles.pages(zstd, SCHEMA)) {
      PageEncoder encoder = new PageEncoder(size);
      for (int i = 0; i < numbers.length; i++) {
        ColumnDescriptor column = column(NAMES.get(i));
        NameTable table = i == 0 ? names : axes;
        encoder.writeNames(pages.getPageWriter(column), column, numbers[i], table);
      }
      for (int i = 0; i < integers.length; i++) {
        ColumnDescriptor column = column(INTEGERS.get(i));
        encoder.writeLongs(pages.getPageWriter(column), column, integers[i]);
      }
      for (int i = 0; i < reals.length; i++) {
        ColumnDescriptor column = column(REALS.get(i));
        encoder.writeReals(pages.getPageWriter(column), column, reals[i]);
      }
      file.startBlock(size);
      pages.flushToFileWriter(file);
      file.endBlock();
    }
    names = new NameTable();
    size = 0;
  }

  private static ColumnDescriptor column(String name) {
    return SCHEMA.getColumnDescription(new String[] {name});
  }

  /** Writes the footer: the file is complete then, and not synced. */
  void end(Stream stream, WriterId writer, ShardName shard) throws IOException {
    if (size > 0) {
      writeGroup();
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(FORMAT_KEY, Integer.toString(FORMAT));
    metadata.put(ShardFooter.STREAM_KEY, stream.folder());
    metadata.put(ShardFooter.WRITER_KEY, writer.text());
    metadata.put(ShardFooter.FIRST_ROW_KEY, Long.toString(shard.first()));
    metadata.put(ShardFooter.LAST_ROW_KEY, Long.toString(shard.last()));
    file.end(metadata);
  }

  @Override
  public void close() throws IOException {
    zstd.release();
    file.close();
  }
}
