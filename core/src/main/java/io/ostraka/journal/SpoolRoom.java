package io.ostraka.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How much of its limit a spool takes: the files of all its writers, measured now and then. Safe
 * for threads.
 */
public final class SpoolRoom {
  private static final long MEASURED_FOR_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FULL_FOR_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int WINDOW_BYTES = 64 << 10;
  private static final byte[] ZEROS = new byte[WINDOW_BYTES];

  private final Path spool;
  private final long limitBytes;
  private long usedBytes;
  private long measuredAt;

  SpoolRoom(Path spool, long limitBytes) throws IOException {
    this.spool = spool;
    this.limitBytes = limitBytes;
    measure();
  }

  /**
   * Called before so many bytes are allocated.
   *
   * @throws IOException if they would go beyond the limit, with one line for a person
   */
  synchronized void reserve(long bytes) throws IOException {
    long age = System.nanoTime() - measuredAt;
    boolean full = usedBytes + bytes > limitBytes;
    if (age >= MEASURED_FOR_NANOS || (full && age >= FULL_FOR_NANOS)) {
      measure();
      full = usedBytes + bytes > limitBytes;
    }
    if (full) {
      throw new IOException(
          "The spool %s is at its limit of %s (OSTRAKA_SPOOL_LIMIT)"
              .formatted(spool, shown(limitBytes)));
    }
    usedBytes += bytes;
  }

  /** Counts bytes that are allocated whatever the limit says. */
  synchronized void add(long bytes) {
    usedBytes += bytes;
  }

  /** Whether more than half of the limit is taken. */
  synchronized boolean isHalfFull() {
    return usedBytes > limitBytes / 2;
  }

  /** How much of its limit the spool takes, for a person. */
  synchronized String shown() {
    return shown(Math.min(usedBytes, limitBytes)) + " of " + shown(limitBytes);
  }

  private void measure() throws IOException {
    usedBytes = usedBytes(spool);
    measuredAt = System.nanoTime();
  }

  /**
   * About how much space the files of a spool take. Of a journal's segment, which is a sparse file,
   * that is up to its last record.
   */
  public static long usedBytes(Path spool) throws IOException {
    long used = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(spool)) {
      for (Path file : files) {
        used += usedBytesOf(file);
      }
    }
    return used;
  }

  private static long usedBytesOf(Path file) throws IOException {
    try {
      String name = String.valueOf(file.getFileName());
      return name.endsWith(".journal") ? writtenBytes(file) : Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // published and deleted meanwhile
    }
  }

  /** Up to where something was written, since behind it are zeros only. */
  private static long writtenBytes(Path segment) throws IOException {
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
      ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
      long written = 0;
      long zeros = (channel.size() + WINDOW_BYTES - 1) / WINDOW_BYTES;
      while (written < zeros) {
        long middle = (written + zeros) / 2;
        int got = channel.read(window.clear(), middle * WINDOW_BYTES);
        if (Arrays.equals(window.array(), 0, Math.max(got, 0), ZEROS, 0, Math.max(got, 0))) {
          zeros = middle;
        } else {
          written = middle + 1;
        }
      }
      return Math.min(written * WINDOW_BYTES, channel.size());
    }
  }

  /** A number of bytes for a person. */
  public static String shown(long bytes) {
    String[] units = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) {
      return bytes + " bytes";
    }
    double size = bytes / 1024.0;
    int unit = 0;
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", size, units[unit]);
  }
}
