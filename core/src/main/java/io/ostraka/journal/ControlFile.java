package io.ostraka.journal;

import io.ostraka.ShardFormatException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The control words beside a journal, mapped by the writer and its drainer: the only channel
 * between them. Each word has one owner, who alone sets it; anybody may read. Safe for threads.
 */
public final class ControlFile {
  private static final int BYTES = 4096;

  /** The bytes {@code OSTRCTL} and 1. */
  private static final long MAGIC = 0x014C54435254534FL;

  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle HALF =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int FLUSH_WANTED = 64;
  private static final int BEAT = 128;
  private static final int CLOSING = 192;
  private static final int DROPPED = 256;
  private static final int PUBLISHED = 1024;
  private static final int DRAINER_BEAT = 1088;
  private static final int ERROR_LENGTH = 2048;
  private static final int ERROR_TEXT = 2052;

  private final MappedByteBuffer words;

  private ControlFile(MappedByteBuffer words) {
    this.words = words;
  }

  /** Makes the file of a new writer. */
  static ControlFile create(Path file) throws IOException {
    ControlFile control = map(file, StandardOpenOption.CREATE_NEW);
    WORD.setRelease(control.words, 0, MAGIC);
    return control;
  }

  /** Makes the file of a dead writer anew, whose words are lost. */
  public static ControlFile restore(Path file) throws IOException {
    Files.deleteIfExists(file);
    return create(file);
  }

  /**
   * Opens the file beside a journal.
   *
   * @throws ShardFormatException if it is not a control file of this version
   */
  public static ControlFile open(Path file) throws IOException {
    ControlFile control = map(file, StandardOpenOption.READ);
    if ((long) WORD.getAcquire(control.words, 0) != MAGIC) {
      throw new ShardFormatException("Not a control file of this version of ostraka: " + file);
    }
    return control;
  }

  private static ControlFile map(Path file, StandardOpenOption how) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, how, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // Bytes that exist on disk cannot fault later on a full one.
      if (channel.size() < BYTES) {
        channel.write(java.nio.ByteBuffer.allocate(BYTES), 0);
      }
      return new ControlFile(channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
    }
  }

  /** Up to which position the writer wants everything published. */
  public long flushWanted() {
    return word(FLUSH_WANTED);
  }

  void flushWanted(long position) {
    WORD.setRelease(words, FLUSH_WANTED, position);
  }

  /** Counts up while the writer's process runs. */
  public long beat() {
    return word(BEAT);
  }

  /** Set by the writer alone. */
  public void beat(long count) {
    WORD.setRelease(words, BEAT, count);
  }

  /** Whether the close record is written. */
  public boolean closing() {
    return word(CLOSING) != 0;
  }

  void closing(boolean closing) {
    WORD.setRelease(words, CLOSING, closing ? 1L : 0L);
  }

  /** How many points were not accepted. */
  public long dropped() {
    return word(DROPPED);
  }

  void dropped(long points) {
    WORD.setRelease(words, DROPPED, points);
  }

  /** Up to which position everything is published. */
  public long published() {
    return word(PUBLISHED);
  }

  /** Set by the drainer alone. */
  public void published(long position) {
    WORD.setRelease(words, PUBLISHED, position);
  }

  /** Counts up every second while a drainer looks after the journal. */
  public long drainerBeat() {
    return word(DRAINER_BEAT);
  }

  /** Set by the drainer alone. */
  public void drainerBeat(long count) {
    WORD.setRelease(words, DRAINER_BEAT, count);
  }

  /** What keeps the drainer from publishing, in one line, or nothing. */
  public Optional<String> lastError() {
    int length = (int) HALF.getAcquire(words, ERROR_LENGTH);
    if (length <= 0 || length > BYTES - ERROR_TEXT) {
      return Optional.empty();
    }
    byte[] text = new byte[length];
    words.get(ERROR_TEXT, text);
    return Optional.of(new String(text, StandardCharsets.UTF_8));
  }

  /** Set by the drainer alone. */
  public void lastError(Optional<String> message) {
    HALF.setRelease(words, ERROR_LENGTH, 0);
    message.ifPresent(
        line -> {
          byte[] text = line.getBytes(StandardCharsets.UTF_8);
          int length = Math.min(text.length, BYTES - ERROR_TEXT);
          words.put(ERROR_TEXT, text, 0, length);
          HALF.setRelease(words, ERROR_LENGTH, length);
        });
  }

  private long word(int offset) {
    return (long) WORD.getAcquire(words, offset);
  }
}
