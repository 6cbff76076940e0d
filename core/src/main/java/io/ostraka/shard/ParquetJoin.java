package io.ostraka.shard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Puts Parquet files with the same columns one after the other, as one file: row groups are copied
 * as they are, and only told to lie elsewhere. Takes the memory of the footer. Not safe for
 * threads.
 */
public final class ParquetJoin {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private final OutputStream out;
  private final WritableByteChannel channel;
  private @Nullable FileMetaData joined;
  private long offset;

  /**
   * Begins a file.
   *
   * @param out stays open
   */
  public ParquetJoin(OutputStream out) throws IOException {
    this.out = out;
    this.channel = Channels.newChannel(out);
    write(MAGIC);
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    offset += bytes.length;
  }

  /** Adds the rows of a file. */
  public void add(Path file) throws IOException {
    FileMetaData added;
    long end;
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      added = ShardFooter.readMetaData(in, file.toString(), true);
      end = footerAt(in);
      long shift = offset - MAGIC.length;
      added.getRow_groups().forEach(group -> move(group, shift));
      for (long at = MAGIC.length; at < end; ) {
        at += in.transferTo(at, end - at, channel);
      }
    }
    offset += end - MAGIC.length;
    if (joined == null) {
      joined = added;
    } else {
      joined.getRow_groups().addAll(added.getRow_groups());
      joined.setNum_rows(joined.getNum_rows() + added.getNum_rows());
    }
  }

  private static long footerAt(FileChannel file) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long lengthAt = file.size() - MAGIC.length - Integer.BYTES;
    while (length.hasRemaining()) {
      file.read(length, lengthAt + length.position());
    }
    return lengthAt - length.getInt(0);
  }

  private static void move(RowGroup group, long shift) {
    group.unsetOrdinal(); // It says the same as the order.
    if (group.isSetFile_offset()) {
      group.setFile_offset(group.getFile_offset() + shift);
    }
    group.getColumns().forEach(column -> move(column, shift));
  }

  private static void move(ColumnChunk column, long shift) {
    // Deprecated: what it says differs between writers, and no reader may rest on it.
    column.setFile_offset(column.getFile_offset() == 0 ? 0 : column.getFile_offset() + shift);
    if (column.isSetOffset_index_offset()) {
      column.setOffset_index_offset(column.getOffset_index_offset() + shift);
    }
    if (column.isSetColumn_index_offset()) {
      column.setColumn_index_offset(column.getColumn_index_offset() + shift);
    }
    ColumnMetaData pages = column.getMeta_data();
    pages.setData_page_offset(pages.getData_page_offset() + shift);
    if (pages.isSetDictionary_page_offset()) {
      pages.setDictionary_page_offset(pages.getDictionary_page_offset() + shift);
    }
    if (pages.isSetIndex_page_offset()) {
      pages.setIndex_page_offset(pages.getIndex_page_offset() + shift);
    }
    if (pages.isSetBloom_filter_offset()) {
      pages.setBloom_filter_offset(pages.getBloom_filter_offset() + shift);
    }
  }

  /**
   * Ends the file.
   *
   * @return how many rows it has
   * @throws IllegalStateException if no file was added, so that nobody knows its columns
   */
  public long end() throws IOException {
    FileMetaData all = joined;
    if (all == null) {
      throw new IllegalStateException("There is no file to join");
    }
    ByteArrayOutputStream footer = new ByteArrayOutputStream();
    Util.writeFileMetaData(all, footer);
    write(footer.toByteArray());
    write(
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(footer.size())
            .array());
    write(MAGIC);
    out.flush();
    return all.getNum_rows();
  }
}
