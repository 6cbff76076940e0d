package io.ostraka.shard;

import io.ostraka.ShardFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;

/** Reads the rows of a shard whose stream is a series. Uses no class of Hadoop at run time. */
public final class SeriesReader {
  private SeriesReader() {}

  /** Takes in one row after the other, in the order of the file. */
  public interface Visitor {
    /**
     * One row.
     *
     * @param row its number
     * @param name the metric's
     */
    void visit(long row, String name, double value);
  }

  /**
   * Reads a whole shard.
   *
   * @throws ShardFormatException if it cannot be decoded
   */
  public static void read(Path file, Visitor visitor) throws IOException {
    ZstdCodec codec = new ZstdCodec();
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration()).withCodecFactory(codec).build();
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      String createdBy = reader.getFooter().getFileMetaData().getCreatedBy();
      Map<String, String> names = new HashMap<>();
      PageReadStore group;
      while ((group = reader.readNextRowGroup()) != null) {
        var columns = new ColumnReadStoreImpl(group, new Unconverted(), schema, createdBy);
        ColumnReader row = column(columns, schema, "row");
        ColumnReader name = column(columns, schema, "name");
        ColumnReader value = column(columns, schema, "value");
        for (long i = 0; i < group.getRowCount(); i++) {
          String text = new String(name.getBinary().getBytesUnsafe(), StandardCharsets.UTF_8);
          visitor.visit(row.getLong(), names.computeIfAbsent(text, t -> t), value.getDouble());
          row.consume();
          name.consume();
          value.consume();
        }
      }
    } catch (NoSuchFileException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new ShardFormatException(
          "Cannot read %s: it is damaged (%s)".formatted(file, e.getMessage()), e);
    } finally {
      codec.release();
    }
  }

  private static ColumnReader column(ColumnReadStoreImpl columns, MessageType schema, String name) {
    return columns.getColumnReader(schema.getColumnDescription(new String[] {name}));
  }

  /** Values are fetched from the column readers, so nothing is converted. */
  private static final class Unconverted extends GroupConverter {
    @Override
    public Converter getConverter(int fieldIndex) {
      return new PrimitiveConverter() {};
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
