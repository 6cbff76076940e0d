package io.ostraka.shard;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;

/**
 * Reads columns of row groups from files, checks the CRC of each page and decompresses it. One for
 * each thread, and for any number of shards: what it needs to read a column is used again for the
 * next.
 */
final class PageReader implements AutoCloseable {
  /** How many bytes behind a page a decoder may look at. */
  static final int PADDING = 16;

  private static final int LARGEST_COLUMN_BYTES = 256 << 20;
  private static final int MAGIC_BYTES = 4;

  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
  private byte[] stored = {};
  private int at;
  private int end;

  /** Reads the bytes of a column, whose pages {@link #next} then gives one after the other. */
  void read(FileChannel file, ColumnMetaData column) throws IOException {
    long start =
        column.isSetDictionary_page_offset() && column.getDictionary_page_offset() > 0
            ? Math.min(column.getDictionary_page_offset(), column.getData_page_offset())
            : column.getData_page_offset();
    long length = column.getTotal_compressed_size();
    if (start < MAGIC_BYTES || length <= 0 || length > file.size() - start) {
      throw new DamagedPageException("a column lies outside of the file");
    }
    if (length > LARGEST_COLUMN_BYTES) {
      throw new DamagedPageException("a column of a row group has " + length + " bytes");
    }
    if (stored.length < length) {
      stored = new byte[(int) length + (int) length / 4];
    }
    ByteBuffer buffer = ByteBuffer.wrap(stored, 0, (int) length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, start + buffer.position()) < 0) {
        throw new DamagedPageException("the file was cut short");
      }
    }
    at = 0;
    end = (int) length;
  }

  /** The header of the next page. */
  PageHeader next() {
    PageHeader header = PageHeader.read(stored, at, end);
    at += header.bytes();
    if (header.storedBytes() > end - at) {
      throw new DamagedPageException("a page lies outside of its column");
    }
    return header;
  }

  /**
   * The page after a header, decompressed.
   *
   * @param reused is filled and returned if it is large enough
   * @return the page, and {@link #PADDING} bytes or more behind it
   */
  byte[] page(PageHeader header, CompressionCodec codec, byte[] reused) {
    int from = at;
    at += header.storedBytes();
    if (!header.hasCrc()) {
      throw DamagedPageException.foreign("a page has no checksum");
    }
    CRC32 crc = new CRC32();
    crc.update(stored, from, header.storedBytes());
    if ((int) crc.getValue() != header.crc()) {
      throw new DamagedPageException("the checksum of a page is wrong");
    }
    int length = header.plainBytes();
    if (codec == CompressionCodec.ZSTD) {
      long says = Zstd.getFrameContentSize(stored, from, header.storedBytes());
      if (says != length || length > LARGEST_COLUMN_BYTES) {
        throw new DamagedPageException("a page has another length than its header says");
      }
    } else if (codec != CompressionCodec.UNCOMPRESSED || length != header.storedBytes()) {
      throw DamagedPageException.foreign("pages are compressed by " + codec);
    }
    byte[] page = reused.length >= length + PADDING ? reused : new byte[length + PADDING];
    if (codec == CompressionCodec.ZSTD) {
      zstd.decompressByteArray(page, 0, length, stored, from, header.storedBytes());
    } else {
      System.arraycopy(stored, from, page, 0, length);
    }
    return page;
  }

  @Override
  public void close() {
    zstd.close();
  }
}
