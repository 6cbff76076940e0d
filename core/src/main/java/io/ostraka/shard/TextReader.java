package io.ostraka.shard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import org.apache.parquet.format.Encoding;

/** A column of texts, one after the other, each behind its length. */
final class TextReader extends ColumnReader {
  private final int[] offsets = new int[BATCH];
  private final int[] ends = new int[BATCH];
  private byte[] page = {};
  private ByteBuffer lengths = ByteBuffer.allocate(0);
  private int length;
  private int at;

  TextReader(PageReader pages, FileChannel file) {
    super(pages, file);
  }

  /** Where the texts of the batch lie; the length of each is in the four bytes before it. */
  byte[] page() {
    return page;
  }

  /** Where the text of a row of the batch begins. */
  int offset(int row) {
    return offsets[row];
  }

  /** Where the text of a row of the batch ends. */
  int end(int row) {
    return ends[row];
  }

  /** The length of the text of a row of the batch, in bytes. */
  int length(int row) {
    return ends[row] - offsets[row];
  }

  /** The text of a row of the batch. */
  String text(int row) {
    return new String(page, offsets[row], length(row), StandardCharsets.UTF_8);
  }

  @Override
  Encoding encoding() {
    return Encoding.PLAIN;
  }

  @Override
  void begin(byte[] bytes, int count) {
    page = bytes;
    lengths = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    length = count;
    at = 0;
  }

  @Override
  void decode(int count) {
    for (int i = 0; i < count; i++) {
      int bytes = at + Integer.BYTES > length ? -1 : lengths.getInt(at);
      at += Integer.BYTES;
      if (bytes < 0 || bytes > length - at) {
        throw new DamagedPageException("fewer texts than rows");
      }
      offsets[i] = at;
      at += bytes;
      ends[i] = at;
    }
  }
}
