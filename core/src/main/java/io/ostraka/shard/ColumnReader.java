package io.ostraka.shard;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;

/**
 * One column of a shard, decoded batch by batch and only where somebody asks: a page is read and
 * decompressed when its first batch is asked for, and its values are made a batch at a time. Not
 * safe for threads.
 */
abstract sealed class ColumnReader permits LongReader, NameReader, RealReader, TextReader {
  /** How many rows a batch has at most. Batches begin at multiples of it. */
  static final int BATCH = 512;

  private static final int NO_BATCH = -1;

  private final PageReader pages;
  private final FileChannel file;
  private ColumnMetaData column = new ColumnMetaData();
  private byte[] page = {};
  private int pageLength;
  private int rows;
  private boolean loaded;
  private int decoded;
  private int batch = NO_BATCH;

  ColumnReader(PageReader pages, FileChannel file) {
    this.pages = pages;
    this.file = file;
  }

  /** Goes to the column of another row group, of which nothing is read yet. */
  final void begin(ColumnMetaData next, int rowsOfGroup) {
    column = next;
    rows = rowsOfGroup;
    loaded = false;
    decoded = 0;
    batch = NO_BATCH;
  }

  /**
   * Makes a batch the present one.
   *
   * @param from its first row in the row group; not before that of the present batch
   */
  final void batch(int from, int count) throws IOException {
    if (batch == from) {
      return;
    }
    if (!loaded) {
      load();
      loaded = true;
    }
    while (decoded < from) {
      int skipped = Math.min(BATCH, from - decoded);
      decode(skipped);
      decoded += skipped;
    }
    decode(count);
    decoded += count;
    batch = from;
  }

  /** Lets go of the page, since nothing more is read. */
  final void release() {
    page = new byte[0];
    loaded = false;
  }

  private void load() throws IOException {
    pages.read(file, column);
    PageHeader header = pages.next();
    if (header.type() == PageHeader.DICTIONARY) {
      if (header.encoding() != Encoding.PLAIN.getValue()) {
        throw other("its dictionary is not PLAIN");
      }
      dictionary(pages.page(header, column.getCodec(), dictionaryPage()), header);
      header = pages.next();
    }
    if (header.type() != PageHeader.DATA) {
      throw other("has pages of another version");
    }
    if (header.values() != rows) {
      throw other("has a page of " + header.values() + " values for " + rows + " rows");
    }
    if (header.encoding() != encoding().getValue()) {
      throw other("is encoded as " + Encoding.findByValue(header.encoding()));
    }
    page = pages.page(header, column.getCodec(), page);
    pageLength = header.plainBytes();
    begin(page, pageLength);
  }

  private DamagedPageException other(String what) {
    return DamagedPageException.foreign(
        "column %s %s".formatted(String.join(".", column.getPath_in_schema()), what));
  }

  /** The encoding that the column's values have. */
  abstract Encoding encoding();

  /** Takes in a dictionary; a column that has none does not. */
  void dictionary(byte[] bytes, PageHeader header) {
    throw other("has a dictionary");
  }

  /** The array of the last dictionary, to be used again. */
  byte[] dictionaryPage() {
    return new byte[0];
  }

  /** Begins with a page. */
  abstract void begin(byte[] bytes, int length);

  /** Decodes the next values into the first places of the batch. */
  abstract void decode(int count);
}
