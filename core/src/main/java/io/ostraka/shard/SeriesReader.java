package io.ostraka.shard;

import com.github.luben.zstd.Zstd;
import io.ostraka.ShardFormatException;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesReaderForDouble;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * Reads the rows of a shard whose stream is a series, page by page as {@link ShardWriter} makes
 * them. Parquet's own file reader needs Hadoop's codec classes before one can name another codec.
 */
public final class SeriesReader {
  private static final int TAIL_BYTES = 8;

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
    try (RandomAccessFile input = new RandomAccessFile(file.toFile(), "r")) {
      for (RowGroup group : readFooter(input).getRow_groups()) {
        readGroup(input, group, visitor);
      }
    } catch (FileNotFoundException e) {
      throw new NoSuchFileException(file.toString());
    } catch (IOException | RuntimeException e) {
      throw new ShardFormatException(
          "Cannot read %s: it is damaged (%s)".formatted(file, e.getMessage()), e);
    }
  }

  private static FileMetaData readFooter(RandomAccessFile input) throws IOException {
    byte[] tail = new byte[TAIL_BYTES];
    input.seek(Math.max(0, input.length() - TAIL_BYTES));
    input.readFully(tail);
    int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
    input.seek(input.length() - TAIL_BYTES - length);
    byte[] footer = new byte[length];
    input.readFully(footer);
    return Util.readFileMetaData(new ByteArrayInputStream(footer));
  }

  private static void readGroup(RandomAccessFile input, RowGroup group, Visitor visitor)
      throws IOException {
    int count = (int) group.getNum_rows();
    long[] rows = new long[count];
    String[] names = new String[count];
    double[] values = new double[count];
    for (ColumnChunk chunk : group.getColumns()) {
      ColumnMetaData column = chunk.getMeta_data();
      switch (column.getPath_in_schema().get(0)) {
        case "row" -> readPages(input, column, new Longs(rows));
        case "name" -> readPages(input, column, new DictionaryTexts(names));
        case "value" -> readPages(input, column, new Reals(values));
        default -> {
          // Not asked for.
        }
      }
    }
    for (int i = 0; i < count; i++) {
      visitor.visit(rows[i], names[i], values[i]);
    }
  }

  /** Takes in the pages of one column that is never null. */
  private interface Pages {
    /** Takes in the texts that the data pages refer to; a column of numbers has none. */
    default void dictionary(byte[] page, int count) {
      throw new IllegalStateException("a dictionary of numbers");
    }

    void data(byte[] page, int first, int count) throws IOException;
  }

  private static void readPages(RandomAccessFile input, ColumnMetaData column, Pages pages)
      throws IOException {
    long start =
        column.isSetDictionary_page_offset()
            ? Math.min(column.getDictionary_page_offset(), column.getData_page_offset())
            : column.getData_page_offset();
    byte[] chunk = new byte[Math.toIntExact(column.getTotal_compressed_size())];
    input.seek(start);
    input.readFully(chunk);
    ByteArrayInputStream stream = new ByteArrayInputStream(chunk);
    int first = 0;
    while (stream.available() > 0) {
      PageHeader header = Util.readPageHeader(stream);
      byte[] stored = stream.readNBytes(header.getCompressed_page_size());
      byte[] page =
          column.getCodec() == CompressionCodec.UNCOMPRESSED
              ? stored
              : Zstd.decompress(stored, header.getUncompressed_page_size());
      if (header.getType() == PageType.DICTIONARY_PAGE) {
        pages.dictionary(page, header.getDictionary_page_header().getNum_values());
      } else {
        int count = header.getData_page_header().getNum_values();
        pages.data(page, first, count);
        first += count;
      }
    }
  }

  private static final class Longs implements Pages {
    private final long[] target;

    Longs(long[] target) {
      this.target = target;
    }

    @Override
    public void data(byte[] page, int first, int count) throws IOException {
      ValuesReader reader = new DeltaBinaryPackingValuesReader();
      reader.initFromPage(count, ByteBufferInputStream.wrap(ByteBuffer.wrap(page)));
      for (int i = 0; i < count; i++) {
        target[first + i] = reader.readLong();
      }
    }
  }

  private static final class Reals implements Pages {
    private final double[] target;

    Reals(double[] target) {
      this.target = target;
    }

    @Override
    public void data(byte[] page, int first, int count) throws IOException {
      ValuesReader reader = new ByteStreamSplitValuesReaderForDouble();
      reader.initFromPage(count, ByteBufferInputStream.wrap(ByteBuffer.wrap(page)));
      for (int i = 0; i < count; i++) {
        target[first + i] = reader.readDouble();
      }
    }
  }

  private static final class DictionaryTexts implements Pages {
    private final String[] target;
    private final List<String> dictionary = new ArrayList<>();

    DictionaryTexts(String[] target) {
      this.target = target;
    }

    @Override
    public void dictionary(byte[] page, int count) {
      ByteBuffer entries = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        int length = entries.getInt();
        dictionary.add(new String(page, entries.position(), length, StandardCharsets.UTF_8));
        entries.position(entries.position() + length);
      }
    }

    @Override
    public void data(byte[] page, int first, int count) throws IOException {
      var runs =
          new RunLengthBitPackingHybridDecoder(
              page[0], new ByteArrayInputStream(page, 1, page.length - 1));
      for (int i = 0; i < count; i++) {
        target[first + i] = dictionary.get(runs.readInt());
      }
    }
  }
}
