package io.ostraka.journal;

import io.ostraka.ShardFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/** Large values as files beside the journal, complete before a record names them. */
final class Bodies {
  private final JournalFiles files;
  private int next;

  Bodies(JournalFiles files) {
    this.files = files;
  }

  /**
   * Names a body in a record.
   *
   * @param number which file
   * @param crc the CRC-32 of its bytes
   * @param sizeBytes how many there are
   */
  record Reference(int number, int crc, long sizeBytes) {
    void put(byte[] target, int offset) {
      JournalFormat.INT.set(target, offset, number);
      JournalFormat.INT.set(target, offset + 4, crc);
      JournalFormat.LONG.set(target, offset + 8, sizeBytes);
    }

    static Reference parse(byte[] source, int offset) {
      return new Reference(
          (int) JournalFormat.INT.get(source, offset),
          (int) JournalFormat.INT.get(source, offset + 4),
          (long) JournalFormat.LONG.get(source, offset + 8));
    }
  }

  synchronized Reference write(byte[] bytes) throws IOException {
    int number = next++;
    Files.write(files.body(number), bytes, StandardOpenOption.CREATE_NEW);
    return new Reference(number, crc(bytes), bytes.length);
  }

  byte[] read(Reference reference) throws IOException {
    Path file = files.body(reference.number());
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != reference.sizeBytes() || crc(bytes) != reference.crc()) {
      throw new ShardFormatException(
          "The large value %s is damaged: %d bytes of %d, or other bytes than were written"
              .formatted(file, bytes.length, reference.sizeBytes()));
    }
    return bytes;
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
