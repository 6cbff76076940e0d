package io.ostraka.storage.bucket;

import io.ostraka.store.ByteRange;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a cached object are on the disk: a text file beside them, to which a line is added
 * after the bytes were written. Not safe for threads; several processes may add lines at once.
 *
 * <pre>
 * object 3145728 "9bb58f26192e4ba00f01e2e7b136bbd8"
 * part 3080192 65536 5f1c02aa
 * </pre>
 *
 * <p>The object is immutable, so two processes that fetch the same part write the same bytes and
 * the same line. Neither file is synced: of a machine that died, a part's CRC-32C tells whether its
 * bytes are there, and whoever opens the object first checks it.
 */
final class CacheParts {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Path file;
  private final TreeMap<Long, Part> parts = new TreeMap<>();
  private long sizeBytes = -1;
  private @Nullable String etag;

  /** A part on the disk. */
  private record Part(long offset, long length, String crc) {
    long end() {
      return offset + length;
    }
  }

  private CacheParts(Path file) {
    this.file = file;
  }

  /** Reads what is there; a torn line counts as none. */
  static CacheParts read(Path file) throws IOException {
    CacheParts read = new CacheParts(file);
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      int end = text.lastIndexOf('\n') + 1;
      text.substring(0, end).lines().forEach(read::line);
      if (end < text.length()) {
        Files.writeString(file, "\n", StandardOpenOption.APPEND);
      }
    } catch (NoSuchFileException e) {
      // Nothing is cached.
    }
    return read;
  }

  private void line(String line) {
    String[] words = line.split(" ", 4);
    try {
      if (words[0].equals("object") && words.length == 3) {
        sizeBytes = Long.parseLong(words[1]);
        etag = words[2];
      } else if (words[0].equals("part") && words.length == 4) {
        long offset = Long.parseLong(words[1]);
        parts.put(offset, longer(offset, Long.parseLong(words[2]), words[3]));
      }
    } catch (NumberFormatException e) {
      return; // Torn and glued to the next one.
    }
  }

  private Part longer(long offset, long length, String crc) {
    Part known = parts.get(offset);
    return known != null && known.length() > length ? known : new Part(offset, length, crc);
  }

  /** Whether it is known what object it is. */
  boolean isBegun() {
    return etag != null;
  }

  /** The object's length; it must be known. */
  long sizeBytes() {
    Objects.requireNonNull(etag);
    return sizeBytes;
  }

  /** The object's version; it must be known. */
  String etag() {
    return Objects.requireNonNull(etag);
  }

  /** A version as it is kept here. */
  static String oneWord(String etag) {
    return etag.replaceAll("\\s", "");
  }

  /** Says what object it is, before the first part. */
  void begin(long objectBytes, String objectEtag) throws IOException {
    append("object " + objectBytes + " " + oneWord(objectEtag));
    sizeBytes = objectBytes;
    etag = oneWord(objectEtag);
  }

  /** Adds a part whose bytes were written. */
  void add(ByteRange range, CRC32C sum) throws IOException {
    Part part = new Part(range.offset(), range.length(), Content.hex(sum));
    append("part " + part.offset() + " " + part.length() + " " + part.crc());
    parts.put(part.offset(), longer(part.offset(), part.length(), part.crc()));
  }

  private void append(String line) throws IOException {
    Files.writeString(
        file,
        line + "\n",
        StandardCharsets.ISO_8859_1,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** How many bytes are on the disk. */
  long bytes() {
    long bytes = 0;
    long end = 0;
    for (Part part : parts.values()) {
      bytes += Math.max(0, part.end() - Math.max(end, part.offset()));
      end = Math.max(end, part.end());
    }
    return bytes;
  }

  /**
   * What is missing of a range.
   *
   * @param slack parts that are there and shorter than this are not worth a request of their own
   *     around them, and are fetched again
   */
  List<ByteRange> missing(ByteRange wanted, long slack) {
    List<ByteRange> missing = new ArrayList<>();
    long at = wanted.offset();
    for (Part part : parts.values()) {
      if (part.end() <= at) {
        continue;
      }
      if (part.offset() >= wanted.end()) {
        break;
      }
      if (part.offset() > at) {
        add(missing, at, part.offset(), slack);
      }
      at = part.end();
    }
    if (at < wanted.end()) {
      add(missing, at, wanted.end(), slack);
    }
    return missing;
  }

  private static void add(List<ByteRange> ranges, long begin, long end, long slack) {
    int last = ranges.size() - 1;
    if (last >= 0 && begin - ranges.get(last).end() < slack) {
      long first = ranges.get(last).offset();
      ranges.set(last, new ByteRange(first, end - first));
    } else {
      ranges.add(new ByteRange(begin, end - begin));
    }
  }

  /** Forgets the parts whose bytes are not those that were written. */
  void check(RandomAccessFile data) throws IOException {
    List<Long> spoilt = new ArrayList<>();
    for (Map.Entry<Long, Part> entry : parts.entrySet()) {
      if (!isWhole(data, entry.getValue())) {
        spoilt.add(entry.getKey());
      }
    }
    spoilt.forEach(parts::remove);
  }

  private static boolean isWhole(RandomAccessFile data, Part part) throws IOException {
    if (part.offset() < 0 || part.length() < 1 || part.end() > data.length()) {
      return false;
    }
    CRC32C sum = new CRC32C();
    byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, part.length())];
    data.seek(part.offset());
    for (long left = part.length(); left > 0; ) {
      int read = data.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        return false;
      }
      sum.update(buffer, 0, read);
      left -= read;
    }
    return Content.hex(sum).equals(part.crc());
  }
}
