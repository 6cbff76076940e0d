package io.ostraka.shard;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.store.ByteRange;
import io.ostraka.store.SparseCopy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * What a shard says of itself in its Parquet footer.
 *
 * @param stream the name of the stream
 * @param writer the id of the writer
 * @param first the first row number, inclusive
 * @param last the last row number, inclusive
 * @param rows how many rows the file holds
 * @param format the version of the shard's format
 */
public record ShardFooter(
    String stream, String writer, long first, long last, long rows, int format) {
  /** The format that this version writes, and the newest that it reads. */
  public static final int FORMAT = 1;

  /** The key of the version of the shard's format among the footer's metadata. */
  public static final String FORMAT_KEY = "ostraka.format";

  /** The key of the stream's name. */
  public static final String STREAM_KEY = "ostraka.stream";

  /** The key of the writer's id. */
  public static final String WRITER_KEY = "ostraka.writer";

  /** The key of the first row number. */
  public static final String FIRST_ROW_KEY = "ostraka.first_row";

  /** The key of the last row number. */
  public static final String LAST_ROW_KEY = "ostraka.last_row";

  /** The key of the table of a large shard's metrics, {@link MetricTable}; not all have one. */
  static final String METRICS_KEY = "ostraka.metrics";

  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL_BYTES = 8;
  private static final int FIRST_READ_BYTES = 16 * 1024;

  /**
   * Reads the footer and none of the rows: two reads of a few kilobytes.
   *
   * @throws ShardFormatException if the file is no Parquet file, is cut or damaged, is no shard, or
   *     is of a newer format; its message names the file
   * @throws java.nio.file.NoSuchFileException if there is no such file
   */
  public static ShardFooter read(Path file) throws IOException {
    return read(file, file.toString());
  }

  /**
   * The same for a file that people know under another name.
   *
   * @param shownAs what error messages call it, for example its key
   */
  public static ShardFooter read(Path file, String shownAs) throws IOException {
    return of(shownAs, readMetaData(file, shownAs, false));
  }

  /**
   * Which steps a shard holds, by the statistics of its column {@code step}: no row is read.
   *
   * @param shownAs what error messages call the file, for example its key
   * @return nothing if no row has a step, or if whoever made the shard kept no statistics
   * @throws ShardFormatException if the file is no shard that this version reads
   * @throws java.nio.file.NoSuchFileException if there is no such file
   */
  public static Optional<StepSpan> readSteps(Path file, String shownAs) throws IOException {
    FileMetaData metaData = readMetaData(file, shownAs, true);
    of(shownAs, metaData);
    Optional<StepSpan> all = Optional.empty();
    for (RowGroup group : metaData.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        ColumnMetaData column = chunk.getMeta_data();
        if (column != null && column.getPath_in_schema().equals(List.of("step"))) {
          Optional<StepSpan> steps = steps(column.getStatistics());
          all =
              all.isPresent() && steps.isPresent()
                  ? Optional.of(all.get().and(steps.get()))
                  : all.or(() -> steps);
        }
      }
    }
    return all;
  }

  private static Optional<StepSpan> steps(@Nullable Statistics statistics) {
    if (statistics == null || !statistics.isSetMin_value() || !statistics.isSetMax_value()) {
      return Optional.empty();
    }
    byte[] least = statistics.getMin_value();
    byte[] greatest = statistics.getMax_value();
    return least.length == Long.BYTES && greatest.length == Long.BYTES
        ? Optional.of(new StepSpan(number(least), number(greatest)))
        : Optional.empty();
  }

  private static long number(byte[] plain) {
    return ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /**
   * Checks that the shard is the one that its place and name say.
   *
   * @throws ShardFormatException if it is another writer's, another stream's or another range, or
   *     does not hold as many rows as its range has
   */
  public void check(WriterKey key, Stream expectedStream, ShardName name)
      throws ShardFormatException {
    if (!writer.equals(key.writer().text())) {
      throw contradiction(key, expectedStream, name, "writer " + writer);
    }
    if (!stream.equals(expectedStream.folder())) {
      throw contradiction(key, expectedStream, name, "stream " + stream);
    }
    if (first != name.first() || last != name.last()) {
      throw contradiction(key, expectedStream, name, "rows " + first + " to " + last);
    }
    if (rows != name.rows()) {
      throw contradiction(key, expectedStream, name, rows + " rows in place of " + name.rows());
    }
  }

  private static ShardFormatException contradiction(
      WriterKey key, Stream stream, ShardName name, String found) {
    return new ShardFormatException(
        "Cannot read "
            + key.shardKey(stream.folder(), name)
            + ": its footer says "
            + found
            + ", which is not what its name says; put back the original file or remove this one");
  }

  private static FileMetaData readMetaData(Path path, String file, boolean withRowGroups)
      throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return readMetaData(channel, file, withRowGroups);
    }
  }

  /**
   * Reads what the footer of an open file says.
   *
   * @param withRowGroups whether also of its row groups
   */
  static FileMetaData readMetaData(FileChannel channel, String file, boolean withRowGroups)
      throws IOException {
    long size = channel.size();
    if (size < MAGIC.length + TAIL_BYTES || !isMagic(read(channel, 0, MAGIC.length), 0)) {
      throw refuse(file, "it is no Parquet file; remove it or put back the original");
    }
    int ahead = (int) Math.min(size, FIRST_READ_BYTES);
    byte[] tail = read(channel, size - ahead, ahead);
    int length = footerBytes(tail, size, file);
    byte[] footer =
        length + TAIL_BYTES <= tail.length
            ? Arrays.copyOfRange(tail, tail.length - TAIL_BYTES - length, tail.length - TAIL_BYTES)
            : read(channel, size - TAIL_BYTES - length, length);
    return parse(file, footer, withRowGroups);
  }

  /**
   * Reads what the footer of a copy says, of which nothing else is fetched.
   *
   * @param aheadBytes how many bytes of the end are fetched at first; more if that does not do
   */
  static FileMetaData readMetaData(SparseCopy copy, String file, long aheadBytes)
      throws IOException {
    long size = copy.sizeBytes();
    if (size < MAGIC.length + TAIL_BYTES) {
      throw refuse(file, "it is no Parquet file; remove it or put back the original");
    }
    long ahead = Math.min(size, aheadBytes);
    copy.fetch(List.of(new ByteRange(size - ahead, ahead)));
    try (FileChannel channel = FileChannel.open(copy.path(), StandardOpenOption.READ)) {
      int length = footerBytes(read(channel, size - TAIL_BYTES, TAIL_BYTES), size, file);
      if (length + TAIL_BYTES > ahead) {
        copy.fetch(List.of(new ByteRange(size - TAIL_BYTES - length, length)));
      }
      return parse(file, read(channel, size - TAIL_BYTES - length, length), true);
    }
  }

  /** The length of the footer by the last bytes of the file. */
  private static int footerBytes(byte[] tail, long size, String file) throws ShardFormatException {
    if (!isMagic(tail, tail.length - MAGIC.length)) {
      throw refuse(file, "it is cut short or damaged; copy it again or remove it");
    }
    int length =
        ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt(tail.length - TAIL_BYTES);
    if (length <= 0 || length > size - MAGIC.length - TAIL_BYTES) {
      throw refuse(file, "its footer is damaged; copy it again or remove it");
    }
    return length;
  }

  private static FileMetaData parse(String file, byte[] footer, boolean withRowGroups)
      throws ShardFormatException {
    try {
      // Bounded by its own length, so that a damaged count cannot ask for gigabytes.
      return Util.readFileMetaData(
          new ByteArrayInputStream(footer), !withRowGroups, null, null, footer.length);
    } catch (IOException | RuntimeException e) {
      throw refuse(file, "its footer is damaged; copy it again or remove it", e);
    }
  }

  /** What the footer says of the shard. */
  static ShardFooter of(String file, FileMetaData metaData) throws ShardFormatException {
    Map<String, String> keys = new HashMap<>();
    List<KeyValue> pairs =
        metaData.isSetKey_value_metadata() ? metaData.getKey_value_metadata() : List.of();
    for (KeyValue pair : pairs) {
      keys.put(pair.getKey(), pair.isSetValue() ? pair.getValue() : "");
    }
    if (!keys.containsKey(FORMAT_KEY)) {
      throw refuse(
          file,
          "it is a Parquet file but no shard (no " + FORMAT_KEY + "); move it out of the root");
    }
    long format = number(file, keys, FORMAT_KEY);
    if (format < 1 || format > FORMAT) {
      String found = "format " + format + ", this build reads 1 to " + FORMAT + "; upgrade ostraka";
      throw format < 1
          ? refuse(file, found)
          : ShardFormatException.newer("Cannot read " + file + ": " + found);
    }
    return new ShardFooter(
        text(file, keys, STREAM_KEY),
        text(file, keys, WRITER_KEY),
        number(file, keys, FIRST_ROW_KEY),
        number(file, keys, LAST_ROW_KEY),
        metaData.getNum_rows(),
        (int) format);
  }

  private static String text(String file, Map<String, String> keys, String key)
      throws ShardFormatException {
    String value = keys.get(key);
    if (value == null) {
      throw refuse(file, "its footer has no " + key + "; put back the original file or remove it");
    }
    return value;
  }

  private static long number(String file, Map<String, String> keys, String key)
      throws ShardFormatException {
    String value = text(file, keys, key);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw refuse(
          file, key + " is \"" + value + "\" and no number; put back the original or remove it", e);
    }
  }

  static ShardFormatException refuse(String file, String reason) {
    return new ShardFormatException("Cannot read " + file + ": " + reason);
  }

  static ShardFormatException refuse(String file, String reason, Throwable cause) {
    return new ShardFormatException("Cannot read " + file + ": " + reason, cause);
  }

  private static boolean isMagic(byte[] bytes, int at) {
    return Arrays.equals(bytes, at, at + MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  private static byte[] read(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        break; // The file shrank since its size was asked; the zeros are no magic.
      }
    }
    return buffer.array();
  }
}
