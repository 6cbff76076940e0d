package io.ostraka.shard;

import io.ostraka.Column;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;

/**
 * Reads the rows of a shard in the order of the file. Columns that nobody asks for are not read;
 * the others are decoded as they are needed, so that a shard takes the memory of one row group's
 * pages, however large it is. The checksum of each page is checked.
 *
 * <p>Reads what {@link ShardWriter} and {@link ShardMerger} write: one page for each column of a
 * row group. A shard that is laid out in another way is refused, and so is one that is damaged, by
 * {@link ShardFormatException} with its name. Not safe for threads.
 */
public final class ShardReader implements AutoCloseable {
  private static final int FIXED_COLUMNS = 3;

  private final String shownAs;
  private final FileChannel file;
  private final PageReader pages;
  private final boolean ownPages;
  private final ShardFooter footer;
  private final FileMetaData metaData;
  private final Stream stream;
  private final int schemaColumns;
  private final LongReader rows;
  private final LongReader steps;
  private final LongReader times;
  private final List<ColumnReader> values = new ArrayList<>();

  private int nextGroup;
  private int groupRows;
  private int batchFrom;
  private int batchRows;
  private int at;

  private ShardReader(
      String shownAs, FileChannel file, PageReader pages, boolean ownPages, FileMetaData metaData)
      throws IOException {
    this.shownAs = shownAs;
    this.file = file;
    this.pages = pages;
    this.ownPages = ownPages;
    this.metaData = metaData;
    this.footer = ShardFooter.of(shownAs, metaData);
    this.stream =
        Stream.byFolder(footer.stream())
            .orElseThrow(
                () ->
                    ShardFooter.refuse(
                        shownAs,
                        "this build does not know the stream "
                            + footer.stream()
                            + "; upgrade ostraka"));
    this.rows = new LongReader(pages, file, false);
    this.steps = new LongReader(pages, file, !stream.stepRequired());
    this.times = new LongReader(pages, file, false);
    for (Column column : stream.columns()) {
      values.add(
          switch (column.type()) {
            case NAME -> new NameReader(pages, file);
            case STRING -> new TextReader(pages, file);
            case DOUBLE -> new RealReader(pages, file);
          });
    }
    this.schemaColumns = checkSchema();
    long counted = 0;
    for (RowGroup group : metaData.getRow_groups()) {
      counted += group.getNum_rows();
    }
    if (counted != footer.rows()) {
      throw refuse(
          "its footer says %d rows and its row groups have %d; put back the original file or remove this one"
              .formatted(footer.rows(), counted));
    }
  }

  /**
   * Opens a shard, of which the footer is read.
   *
   * @param shownAs what error messages call it, for example its key
   * @throws ShardFormatException if it is damaged or laid out in another way
   * @throws java.nio.file.NoSuchFileException if there is no such file
   */
  public static ShardReader open(Path path, String shownAs) throws IOException {
    PageReader pages = new PageReader();
    try {
      return open(path, shownAs, pages, true);
    } catch (IOException | RuntimeException e) {
      pages.close();
      throw e;
    }
  }

  /**
   * The same for one of several shards that are read by one thread.
   *
   * @param pages reads the pages of all of them, and is left open
   */
  static ShardReader open(Path path, String shownAs, PageReader pages) throws IOException {
    return open(path, shownAs, pages, false);
  }

  private static ShardReader open(Path path, String shownAs, PageReader pages, boolean own)
      throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    try {
      FileMetaData metaData = ShardFooter.readMetaData(file, shownAs, true);
      return new ShardReader(shownAs, file, pages, own, metaData);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** What the shard says of itself. */
  public ShardFooter footer() {
    return footer;
  }

  /** Which stream the rows are of. */
  public Stream stream() {
    return stream;
  }

  /**
   * How many bytes the pages of one row group take at most once they are decompressed: about what
   * the reader needs.
   */
  public long pageBytes() {
    long most = 0;
    for (RowGroup group : metaData.getRow_groups()) {
      long bytes = 0;
      for (ColumnChunk column : group.getColumns()) {
        bytes += column.isSetMeta_data() ? column.getMeta_data().getTotal_uncompressed_size() : 0;
      }
      most = Math.max(most, bytes);
    }
    return most;
  }

  /** Whether it has columns that this version does not know, and that a copy would be without. */
  boolean hasMoreColumns() {
    return schemaColumns > FIXED_COLUMNS + stream.columns().size();
  }

  /** Goes to the next row, the first one at first; false if there is none. */
  public boolean next() throws IOException {
    at++;
    return at < batchRows || nextBatch();
  }

  /** The row's number. */
  public long row() throws IOException {
    return rows()[at];
  }

  /** Whether the row has a step. */
  public boolean hasStep() throws IOException {
    return stream.stepRequired() || !withoutStep()[at];
  }

  /** The row's step, 0 if it has none. */
  public long step() throws IOException {
    return steps()[at];
  }

  /** The row's time, in microseconds since the epoch, UTC. */
  public long timeMicros() throws IOException {
    return times()[at];
  }

  /** The row's name, of a stream that is sorted by name. */
  public String name() throws IOException {
    return text(0);
  }

  /**
   * A text of the row.
   *
   * @param column the column's place among those that the stream declares
   */
  public String text(int column) throws IOException {
    ColumnReader values = values(column);
    if (values instanceof NameReader names) {
      return names.text(names.indices()[at]);
    }
    if (values instanceof TextReader texts) {
      return texts.text(at);
    }
    throw notOf(column, "texts");
  }

  /** Whether the row's name is UTF-8; what is not is replaced in {@link #name}. */
  public boolean isNameUtf8() throws IOException {
    if (values(0) instanceof NameReader names) {
      int index = names.indices()[at];
      byte[] shown = names.text(index).getBytes(StandardCharsets.UTF_8);
      return Arrays.equals(shown, names.utf8(index));
    }
    throw notOf(0, "names");
  }

  /**
   * A number of the row.
   *
   * @param column the column's place among those that the stream declares
   */
  public double real(int column) throws IOException {
    if (values(column) instanceof RealReader reals) {
      return reals.values()[at];
    }
    throw notOf(column, "numbers");
  }

  private IllegalArgumentException notOf(int column, String what) {
    return new IllegalArgumentException(
        "Column %d of %s holds no %s".formatted(column, stream.folder(), what));
  }

  /**
   * Reads the numbers of all rows, for a reader that stands before the first one.
   *
   * @throws ShardFormatException if they are not each row of a range once
   */
  public void checkRows(ShardName range) throws IOException {
    RowSum sum = new RowSum();
    while (nextBatch()) {
      sum.add(rows(), batchRows);
    }
    if (!sum.isEachOnce(range)) {
      throw refuse(
          "its rows are not those of its name, each once; put back the original file or remove this one");
    }
  }

  // What follows is for whoever takes rows by the batch.

  /** Goes to the first row of the next batch; false if there is none. */
  boolean nextBatch() throws IOException {
    at = 0;
    batchFrom += batchRows;
    if (batchFrom >= groupRows && !nextRowGroup()) {
      batchRows = 0;
      return false;
    }
    batchRows = Math.min(ColumnReader.BATCH, groupRows - batchFrom);
    return true;
  }

  /** How many rows the batch has. */
  int batchRows() {
    return batchRows;
  }

  /** Whether the batch is the first of its row group, with another dictionary than the last. */
  boolean beginsGroup() {
    return batchFrom == 0;
  }

  /** The row numbers of the batch. */
  long[] rows() throws IOException {
    return ((LongReader) ready(rows)).values();
  }

  /** The steps of the batch, 0 where there is none. */
  long[] steps() throws IOException {
    return ((LongReader) ready(steps)).values();
  }

  /** Which rows of the batch have no step; empty for a stream in which every row has one. */
  boolean[] withoutStep() throws IOException {
    return ((LongReader) ready(steps)).absent();
  }

  /** The times of the batch. */
  long[] times() throws IOException {
    return ((LongReader) ready(times)).values();
  }

  /** The values of the batch in a column that the stream declares. */
  ColumnReader values(int column) throws IOException {
    return ready(values.get(column));
  }

  private ColumnReader ready(ColumnReader column) throws IOException {
    try {
      column.batch(batchFrom, batchRows);
      return column;
    } catch (RuntimeException e) {
      throw damaged(e);
    }
  }

  private boolean nextRowGroup() throws IOException {
    batchFrom = 0;
    if (nextGroup == metaData.getRow_groups().size()) {
      groupRows = 0;
      rows.release();
      steps.release();
      times.release();
      values.forEach(ColumnReader::release);
      return false;
    }
    RowGroup group = metaData.getRow_groups().get(nextGroup++);
    if (group.getNum_rows() < 1 || group.getNum_rows() > Integer.MAX_VALUE) {
      throw refuse("it has a row group of " + group.getNum_rows() + " rows; remove it");
    }
    groupRows = (int) group.getNum_rows();
    rows.begin(column(group, "row"), groupRows);
    steps.begin(column(group, "step"), groupRows);
    times.begin(column(group, "time"), groupRows);
    for (int i = 0; i < values.size(); i++) {
      values.get(i).begin(column(group, stream.columns().get(i).name()), groupRows);
    }
    return true;
  }

  private ColumnMetaData column(RowGroup group, String name) throws ShardFormatException {
    for (ColumnChunk chunk : group.getColumns()) {
      if (chunk.isSetMeta_data()
          && chunk.getMeta_data().getPath_in_schema().equals(List.of(name))) {
        return chunk.getMeta_data();
      }
    }
    throw refuse("a row group has no column " + name + "; copy it again or remove it");
  }

  /** Checks the columns that the stream has; returns how many there are in all. */
  private int checkSchema() throws ShardFormatException {
    List<SchemaElement> schema = metaData.getSchema();
    checkColumn(schema, "row", Type.INT64, FieldRepetitionType.REQUIRED);
    checkColumn(
        schema,
        "step",
        Type.INT64,
        stream.stepRequired() ? FieldRepetitionType.REQUIRED : FieldRepetitionType.OPTIONAL);
    checkColumn(schema, "time", Type.INT64, FieldRepetitionType.REQUIRED);
    for (Column column : stream.columns()) {
      checkColumn(
          schema,
          column.name(),
          column.type() == Column.Type.DOUBLE ? Type.DOUBLE : Type.BYTE_ARRAY,
          FieldRepetitionType.REQUIRED);
    }
    return schema.size() - 1;
  }

  private void checkColumn(
      List<SchemaElement> schema, String name, Type type, FieldRepetitionType repetition)
      throws ShardFormatException {
    for (SchemaElement element : schema) {
      if (element.getName().equals(name) && element.getType() == type) {
        if (element.getRepetition_type() == repetition) {
          return;
        }
      }
    }
    throw refuse(
        "it has no column %s that is %s %s, as Ostraka writes it; put back the original file or remove this one"
            .formatted(name, repetition, type));
  }

  /** What is thrown for damage that shows while rows are decoded. */
  ShardFormatException damaged(RuntimeException e) {
    DamagedPageException damage =
        e instanceof DamagedPageException known ? known : new DamagedPageException("a page");
    return ShardFooter.refuse(shownAs, damage.reason(), e);
  }

  private ShardFormatException refuse(String reason) {
    return ShardFooter.refuse(shownAs, reason);
  }

  @Override
  public void close() throws IOException {
    if (ownPages) {
      pages.close();
    }
    file.close();
  }
}
