package io.ostraka.storage.bucket;

import io.ostraka.store.ByteRange;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One object in the cache, for as long as this process holds it: a file of the object's length that
 * is sparse where nothing was fetched. Safe for threads; one fetches at a time.
 */
final class CachedObject {
  /** A gap shorter than this is cheaper to fetch again than another request. */
  private static final long SLACK_BYTES = 64 * 1024;

  private final Path data;
  private final Path partsFile;
  private final CacheSlots.Held slot;
  private CacheParts parts;
  private boolean checked;
  private long expected = -1;
  private int holders;

  /** Fetches an object that is not in the cache, or not all of it. */
  interface Origin {
    Download download(Download.Sink sink);
  }

  CachedObject(Path data, Path partsFile, CacheSlots.Held slot) throws IOException {
    this.data = data;
    this.partsFile = partsFile;
    this.slot = slot;
    this.parts = CacheParts.read(partsFile);
  }

  Path path() {
    return data;
  }

  /** Counts one more who holds it; the cache sees to it that one thread at a time asks. */
  void hold() {
    holders++;
  }

  /** Counts one less; true if nobody is left, and the object may go. */
  boolean letGo() {
    holders--;
    if (holders > 0) {
      return false;
    }
    slot.close();
    return true;
  }

  /**
   * Has the whole object on the disk.
   *
   * @return how many bytes were fetched for it
   */
  synchronized long whole(Origin origin) throws IOException {
    try (RandomAccessFile file = open()) {
      if (!parts.isBegun()) {
        return first(file, origin);
      }
      return parts.sizeBytes() == 0
          ? 0
          : fetch(file, List.of(new ByteRange(0, parts.sizeBytes())), origin);
    }
  }

  /** Fetches an object of which nothing is known, not even its length. */
  private long first(RandomAccessFile file, Origin origin) throws IOException {
    Writing writing = new Writing(file);
    Download download = origin.download(writing);
    download.whole();
    long size = download.sizeBytes();
    file.setLength(size);
    parts.begin(size, download.etag());
    if (size > 0) {
      parts.add(new ByteRange(0, size), writing.sum);
    }
    return size;
  }

  /**
   * Has ranges of the object on the disk.
   *
   * @return how many bytes were fetched for it
   */
  synchronized long ranges(List<ByteRange> wanted, Origin origin) throws IOException {
    try (RandomAccessFile file = open()) {
      return fetch(file, wanted, origin);
    }
  }

  /**
   * Begins an object whose length is known by its listing; what is cached of another length was
   * another object.
   */
  synchronized void expect(long sizeBytes) throws IOException {
    if (parts.isBegun() && parts.sizeBytes() != sizeBytes) {
      Files.deleteIfExists(partsFile);
      Files.deleteIfExists(data);
      parts = CacheParts.read(partsFile);
    }
    try (RandomAccessFile file = open()) {
      if (file.length() != sizeBytes) {
        file.setLength(sizeBytes);
      }
    }
    expected = sizeBytes;
  }

  private long fetch(RandomAccessFile file, List<ByteRange> wanted, Origin origin)
      throws IOException {
    long fetched = 0;
    for (ByteRange range : wanted) {
      long size = parts.isBegun() ? parts.sizeBytes() : expected;
      if (range.end() > size) {
        throw new IllegalArgumentException(range + " ends behind " + size + " bytes");
      }
      for (ByteRange missing : parts.missing(range, SLACK_BYTES)) {
        fetchOne(file, missing, origin);
        fetched += missing.length();
      }
    }
    return fetched;
  }

  private void fetchOne(RandomAccessFile file, ByteRange range, Origin origin) throws IOException {
    Writing writing = new Writing(file);
    Download download = origin.download(writing);
    if (parts.isBegun()) {
      download.of(parts.etag(), parts.sizeBytes());
    }
    download.range(range.offset(), range.length());
    if (!parts.isBegun()) {
      parts.begin(download.sizeBytes(), download.etag());
    }
    parts.add(range, writing.sum);
  }

  private RandomAccessFile open() throws IOException {
    RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw");
    if (!checked) {
      try {
        parts.check(file);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
      checked = true;
    }
    return file;
  }

  /** Writes what comes to its place; the bytes of one range, in order. */
  private static final class Writing implements Download.Sink {
    private final RandomAccessFile file;
    private final CRC32C sum = new CRC32C();

    Writing(RandomAccessFile file) {
      this.file = file;
    }

    @Override
    public void restart() {
      sum.reset();
    }

    @Override
    public void write(long offset, byte[] bytes, int length) throws IOException {
      file.seek(offset);
      file.write(bytes, 0, length);
      sum.update(bytes, 0, length);
    }
  }
}
