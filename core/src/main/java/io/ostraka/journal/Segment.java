package io.ostraka.journal;

import static io.ostraka.journal.JournalFormat.LENGTH_TAG;
import static io.ostraka.journal.JournalFormat.RECORDS_START;
import static io.ostraka.journal.JournalFormat.RECORD_HEAD_BYTES;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/**
 * A segment of a journal that is being written: mapped memory, of which only the part that the file
 * system has allocated is touched. Used under the lock of its {@link JournalWriter}, but for {@link
 * #fillWithZeros}.
 */
final class Segment implements AutoCloseable {
  static final int ALLOCATION_BYTES = 1 << 20;
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] ZEROS = new byte[256 << 10];
  private static final int END_RECORD_BYTES = JournalFormat.recordBytes(4);

  /** Kept free for the close record, which fits also when the disk is full. */
  static final int CLOSE_BYTES = 1024;

  private final int number;
  private final Path path;
  private final MappedByteBuffer map;

  /** The same memory, of which a part is handed to the checksum. */
  private final ByteBuffer checked;

  private final CRC32 crc = new CRC32();
  private final byte[] lengthBytes = new byte[4];
  private int offset = RECORDS_START;
  private FileChannel file;
  private int allocated;
  private int keySets;

  private Segment(int number, Path path, FileChannel file, MappedByteBuffer map) {
    this.number = number;
    this.path = path;
    this.file = file;
    this.map = map;
    this.checked = map.duplicate();
  }

  /**
   * Makes a segment with nothing in it but its first bytes.
   *
   * @param bytes where it ends
   */
  static Segment create(Path path, int number, int bytes) throws IOException {
    FileChannel file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    Segment segment;
    try {
      MappedByteBuffer map = file.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
      map.order(ByteOrder.LITTLE_ENDIAN);
      segment = new Segment(number, path, file, map);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    try {
      segment.allocate(Math.min(bytes, ALLOCATION_BYTES));
      segment.map.put(0, JournalFormat.magic());
      return segment;
    } catch (IOException e) {
      segment.discard();
      throw e;
    }
  }

  int number() {
    return number;
  }

  /** Where the next record begins. */
  int offset() {
    return offset;
  }

  /** Up to where the file system has allocated the segment. */
  int allocated() {
    return allocated;
  }

  /** The memory, little-endian. */
  MappedByteBuffer map() {
    return map;
  }

  /** Where the body of the next record begins. */
  int body() {
    return offset + RECORD_HEAD_BYTES;
  }

  /** Counts key sets. */
  int nextKeySet() {
    return keySets++;
  }

  /** Whether a record with a body of this length can be appended at once. */
  boolean hasRoom(int bodyBytes) {
    return end(bodyBytes) <= allocated;
  }

  /** Whether a record with a body of this length finds room where that of the last one is kept. */
  boolean hasRoomForLast(int bodyBytes) {
    return end(bodyBytes) - CLOSE_BYTES <= allocated;
  }

  /** Whether it can be appended once more is allocated. */
  boolean fits(int bodyBytes) {
    return end(bodyBytes) <= map.capacity();
  }

  /** Where what is kept free would end after a record with a body of this length. */
  private int end(int bodyBytes) {
    return offset + JournalFormat.recordBytes(bodyBytes) + CLOSE_BYTES + END_RECORD_BYTES;
  }

  /** Has room allocated for a record, and some more. */
  void allocateFor(int bodyBytes) throws IOException {
    allocate(Math.min(map.capacity(), Math.max(end(bodyBytes), allocated + ALLOCATION_BYTES)));
  }

  private void allocate(int end) throws IOException {
    if (end > allocated) {
      fillWithZeros(allocated, end - allocated);
      allocated = end;
    }
  }

  /** Says that zeros were written up to here. */
  void allocated(int end) {
    allocated = end;
  }

  /**
   * Writes zeros where nobody has appended yet. Bytes that were written exist on disk; the holes of
   * a sparse file may find it full when they are touched. By one thread at a time.
   */
  void fillWithZeros(int from, int count) throws IOException {
    int end = from + count;
    for (int at = from; at < end; ) {
      at += writeZeros(at, Math.min(ZEROS.length, end - at));
    }
  }

  private int writeZeros(int at, int count) throws IOException {
    ByteBuffer zeros = ByteBuffer.wrap(ZEROS, 0, count);
    try {
      return file.write(zeros, at);
    } catch (ClosedByInterruptException e) {
      file = FileChannel.open(path, StandardOpenOption.WRITE);
      throw e; // Whoever made room tries again.
    }
  }

  /** Appends a record, for which there is room. */
  void append(byte[] body) {
    int lengthWord = LENGTH_TAG | body.length;
    JournalFormat.INT.set(lengthBytes, 0, lengthWord);
    map.put(body(), body);
    commit(body.length, lengthWord, lengthBytes);
  }

  /** Ends the segment: the next one is there. */
  void end() {
    append(new byte[] {JournalFormat.NEXT, 0, 0, 0});
  }

  /**
   * Makes a record of the body that is in place. The length comes last, so that nobody sees half a
   * record.
   *
   * @param lengthWordBytes the length word as it will lie in the file, for the checksum
   */
  void commit(int bodyBytes, int lengthWord, byte[] lengthWordBytes) {
    int body = body();
    crc.reset();
    crc.update(lengthWordBytes, 0, 4);
    checked.limit(body + bodyBytes).position(body);
    crc.update(checked);
    map.putInt(offset + 4, (int) crc.getValue());
    INT.setRelease(map, offset, lengthWord);
    offset += JournalFormat.recordBytes(bodyBytes);
  }

  /** Takes back a segment that nobody has heard of yet. */
  void discard() throws IOException {
    close();
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    file.close();
    Unmapper.unmap(map);
  }
}
