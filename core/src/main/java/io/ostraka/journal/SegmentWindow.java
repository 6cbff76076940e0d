package io.ostraka.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The part of one segment that is in memory, moved on by reads of the file. Not safe for threads.
 */
final class SegmentWindow implements AutoCloseable {
  private static final int SMALL_READ = 8 << 10;
  private static final int LARGE_READ = 256 << 10;

  private final CRC32 crc = new CRC32();
  private final byte[] peeked = new byte[4];
  private @Nullable FileChannel channel;
  private byte[] bytes = new byte[SMALL_READ];
  private int start;
  private int length;

  /**
   * Goes to the start of a segment.
   *
   * @throws IOException if it cannot be opened; the window is on the same segment as before then
   */
  void open(Path segment) throws IOException {
    FileChannel next = FileChannel.open(segment, StandardOpenOption.READ);
    close();
    channel = next;
    start = 0;
    length = 0;
  }

  /** What is in memory; another array after {@link #fill} and {@link #hasHead}. */
  byte[] bytes() {
    return bytes;
  }

  /** Where in {@link #bytes} a byte of the segment is. */
  int index(int at) {
    return at - start;
  }

  /** Up to where {@link #bytes} are of the segment. */
  int length() {
    return length;
  }

  /** Reads again what is asked for next. */
  void forget() {
    length = 0;
  }

  /** Gives back the memory that reading on will take again. */
  void rest() {
    if (bytes.length > SMALL_READ) {
      bytes = new byte[SMALL_READ];
      length = 0;
    }
  }

  /** Has the head of a record in the window, and says whether anything was written there. */
  boolean hasHead(int at) throws IOException {
    int head = JournalFormat.RECORD_HEAD_BYTES;
    if (holds(at, head) && (int) JournalFormat.INT.get(bytes, index(at)) != 0) {
      return true;
    }
    // Zeros in the window may have been written since; four bytes tell whether a larger read is
    // worth it.
    int got = openChannel().read(ByteBuffer.wrap(peeked), at);
    boolean written = got == peeked.length && (int) JournalFormat.INT.get(peeked, 0) != 0;
    if (!written) {
      return false;
    }
    if (holds(at, head)) {
      length = 0;
    }
    return fill(at, head);
  }

  /**
   * Has the bytes of the segment from {@code at} on in the window.
   *
   * @return false if the file ends before
   */
  boolean fill(int at, int count) throws IOException {
    if (holds(at, count)) {
      return true;
    }
    // The end of a window is seldom the end of what is there, and a larger read costs less.
    int usual = Math.min(Math.max(2 * length, SMALL_READ), LARGE_READ);
    int wanted = Math.min(Math.max(count, usual), JournalFormat.SEGMENT_BYTES - at);
    if (bytes.length < wanted || bytes.length > Math.max(wanted, LARGE_READ)) {
      bytes = new byte[Math.max(wanted, usual)];
    }
    start = at;
    length = 0;
    ByteBuffer target = ByteBuffer.wrap(bytes, 0, wanted);
    while (target.hasRemaining()) {
      int got = openChannel().read(target, (long) at + target.position());
      if (got <= 0) {
        break;
      }
    }
    length = target.position();
    return length >= count;
  }

  /** Whether a record in the window is as it was written. */
  boolean hasChecksum(int at, int bodyBytes) {
    int head = index(at);
    crc.reset();
    crc.update(bytes, head, 4);
    crc.update(bytes, head + JournalFormat.RECORD_HEAD_BYTES, bodyBytes);
    return (int) crc.getValue() == (int) JournalFormat.INT.get(bytes, head + 4);
  }

  private boolean holds(int at, int count) {
    return at >= start && at + count <= start + length;
  }

  private FileChannel openChannel() {
    return Objects.requireNonNull(channel);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
