package io.ostraka.storage.bucket;

import io.ostraka.store.ByteRange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One object in the cache, for as long as this process holds it: a file of the object's length that
 * is sparse where nothing was fetched. Safe for threads.
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

  /** What threads fetch at the moment. */
  private final Set<ByteRange> underWay = new HashSet<>();

  /** Fetches an object that is not in the cache, or not all of it. */
  interface Origin {
    Download download(Download.Sink sink) throws IOException;
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
  long whole(Origin origin) throws IOException {
    long size;
    synchronized (this) {
      try (RandomAccessFile file = open()) {
        if (!parts.isBegun()) {
          return first(file, origin);
        }
      }
      size = parts.sizeBytes();
    }
    return size == 0 ? 0 : ranges(List.of(new ByteRange(0, size)), origin);
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

  /** Whether no byte is missing. */
  synchronized boolean isWhole() {
    return checked
        && parts.isBegun()
        && (parts.sizeBytes() == 0
            || parts.missing(new ByteRange(0, parts.sizeBytes()), SLACK_BYTES).isEmpty());
  }

  /**
   * Has ranges of the object on the disk. Threads that ask for different ranges fetch at the same
   * time.
   *
   * @return how many bytes were fetched for it
   */
  long ranges(List<ByteRange> wanted, Origin origin) throws IOException {
    long fetched = 0;
    for (ByteRange range : joined(wanted)) {
      for (ByteRange missing = begin(range); missing != null; missing = begin(range)) {
        try {
          fetch(missing, origin);
        } finally {
          end(missing);
        }
        fetched += missing.length();
      }
    }
    return fetched;
  }

  /** Takes it on to fetch a part of a range that is missing; null if nothing is. */
  private synchronized @Nullable ByteRange begin(ByteRange range) throws IOException {
    if (!checked) {
      open().close();
    }
    long size = parts.isBegun() ? parts.sizeBytes() : expected;
    if (range.end() > size) {
      throw new IllegalArgumentException(range + " ends behind " + size + " bytes");
    }
    while (true) {
      List<ByteRange> missing = parts.missing(range, SLACK_BYTES);
      if (missing.isEmpty()) {
        return null;
      }
      for (ByteRange one : missing) {
        if (underWay.stream().noneMatch(other -> meet(one, other))) {
          underWay.add(one);
          return one;
        }
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("Interrupted while another thread fetched " + data);
      }
    }
  }

  private synchronized void end(ByteRange range) {
    underWay.remove(range);
    notifyAll();
  }

  private static boolean meet(ByteRange one, ByteRange other) {
    return one.offset() < other.end() && other.offset() < one.end();
  }

  private void fetch(ByteRange range, Origin origin) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      Writing writing = new Writing(file);
      Download download = origin.download(writing);
      synchronized (this) {
        if (parts.isBegun()) {
          download.of(parts.etag(), parts.sizeBytes());
        }
      }
      download.range(range.offset(), range.length());
      add(range, download, writing.sum);
    }
  }

  private synchronized void add(ByteRange range, Download download, CRC32C sum) throws IOException {
    if (!parts.isBegun()) {
      parts.begin(download.sizeBytes(), download.etag());
    } else if (!CacheParts.oneWord(download.etag()).equals(parts.etag())) {
      throw new IOException(
          "An object was replaced while it was fetched into " + data + "; it is safe to try again");
    }
    parts.add(range, sum);
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

  /** The same ranges in order, those that lie close together as one. */
  static List<ByteRange> joined(List<ByteRange> wanted) {
    List<ByteRange> joined = new ArrayList<>();
    for (ByteRange range :
        wanted.stream().sorted(Comparator.comparingLong(ByteRange::offset)).toList()) {
      int last = joined.size() - 1;
      if (last >= 0 && range.offset() - joined.get(last).end() < SLACK_BYTES) {
        long begin = joined.get(last).offset();
        long end = Math.max(joined.get(last).end(), range.end());
        joined.set(last, new ByteRange(begin, end - begin));
      } else {
        joined.add(range);
      }
    }
    return joined;
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
