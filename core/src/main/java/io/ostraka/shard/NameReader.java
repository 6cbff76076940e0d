package io.ostraka.shard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.parquet.format.Encoding;

/** A column of few distinct texts, each row a place in a dictionary. */
final class NameReader extends ColumnReader {
  private final HybridReader numbers = new HybridReader();
  private final int[] indices = new int[BATCH];
  private byte[] dictionary = {};

  /** Where each entry of the dictionary ends; it begins four bytes behind the end before it. */
  private int[] ends = {};

  private int entries;

  private int shownIndex = -1;
  private String shown = "";

  NameReader(PageReader pages, FileChannel file) {
    super(pages, file);
  }

  /** Where in the dictionary the rows of the batch have their texts. */
  int[] indices() {
    return indices;
  }

  /** A text of the dictionary, in UTF-8. */
  byte[] utf8(int index) {
    return Arrays.copyOfRange(dictionary, beginOf(index), ends[index]);
  }

  /** A text of the dictionary. */
  String text(int index) {
    if (index != shownIndex) {
      int begin = beginOf(index);
      shown = new String(dictionary, begin, ends[index] - begin, StandardCharsets.UTF_8);
      shownIndex = index;
    }
    return shown;
  }

  /**
   * Whether the dictionary is in the order of its texts' bytes, each once, so that places compare
   * as texts do.
   */
  boolean isSorted() {
    for (int i = 1; i < entries; i++) {
      int order =
          Arrays.compareUnsigned(
              dictionary, beginOf(i - 1), ends[i - 1], dictionary, beginOf(i), ends[i]);
      if (order >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Writes the numbers that the texts of some rows have in a table. */
  void number(NameTable names, int at, int count, int[] target, int to) {
    int index = -1;
    int number = -1;
    for (int i = 0; i < count; i++) {
      if (indices[at + i] != index) {
        index = indices[at + i];
        number = names.number(text(index));
        if (!Arrays.equals(names.utf8(number), utf8(index))) {
          throw new DamagedPageException("a name is no UTF-8");
        }
      }
      target[to + i] = number;
    }
  }

  /** Where in the dictionary a text is, -1 if it is not there. */
  int find(byte[] utf8) {
    for (int i = 0; i < entries; i++) {
      if (Arrays.equals(dictionary, beginOf(i), ends[i], utf8, 0, utf8.length)) {
        return i;
      }
    }
    return -1;
  }

  private int beginOf(int index) {
    return index == 0 ? Integer.BYTES : ends[index - 1] + Integer.BYTES;
  }

  @Override
  Encoding encoding() {
    return Encoding.RLE_DICTIONARY;
  }

  @Override
  byte[] dictionaryPage() {
    return dictionary;
  }

  @Override
  void dictionary(byte[] page, PageHeader header) {
    dictionary = page;
    entries = header.values();
    shownIndex = -1;
    if (entries < 1 || entries > header.plainBytes() / Integer.BYTES) {
      throw new DamagedPageException("a dictionary of " + entries + " names");
    }
    ends = ends.length >= entries ? ends : new int[entries];
    ByteBuffer lengths = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    for (int i = 0; i < entries; i++) {
      int length = at + Integer.BYTES > header.plainBytes() ? -1 : lengths.getInt(at);
      at += Integer.BYTES;
      if (length < 0 || length > header.plainBytes() - at) {
        throw new DamagedPageException("names beyond their dictionary");
      }
      at += length;
      ends[i] = at;
    }
  }

  @Override
  void begin(byte[] page, int length) {
    if (length == 0) {
      throw new DamagedPageException("fewer names than rows");
    }
    numbers.begin(page, 1, length, page[0]);
  }

  @Override
  void decode(int count) {
    numbers.read(indices, count);
    for (int i = 0; i < count; i++) {
      if (Integer.compareUnsigned(indices[i], entries) >= 0) {
        throw new DamagedPageException("a name that is not in its dictionary");
      }
    }
  }
}
