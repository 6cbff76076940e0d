package io.ostraka.storage.local;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The steps that {@link LocalShardStore} is made of, each of which happens or does not. A test
 * overrides them to stop between any two.
 */
class FileOperations {
  private static final boolean FOLDERS_CAN_BE_SYNCED =
      !System.getProperty("os.name", "").startsWith("Windows");

  void makeFolder(Path folder) throws IOException {
    Files.createDirectory(folder);
  }

  /** Writes a new file with all bytes of another. */
  void copy(Path source, Path target) throws IOException {
    try (FileChannel from = FileChannel.open(source, StandardOpenOption.READ);
        FileChannel to = openNew(target)) {
      long size = from.size();
      long copied = 0;
      while (copied < size) {
        long n = from.transferTo(copied, size - copied, to);
        if (n <= 0) {
          throw new EOFException(source + " became shorter while it was copied");
        }
        copied += n;
      }
    }
  }

  /** Writes a new file. */
  void write(Path target, byte[] bytes) throws IOException {
    try (FileChannel to = openNew(target)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
    }
  }

  /** Returns when the bytes of a file are on the disk. */
  void syncFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Returns when the names in a folder are on the disk. */
  void syncFolder(Path folder) throws IOException {
    if (FOLDERS_CAN_BE_SYNCED) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Gives a file a second name, which must be free. */
  void link(Path existing, Path name) throws IOException {
    Files.createLink(name, existing);
  }

  /** Renames a file, replacing what has the name. */
  void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes a file that may be gone already. */
  void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /** Waits for and takes the lock of a file, which is made if it is not there. */
  LockedFile lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      return new LockedFile(channel, channel.lock());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel openNew(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** A lock that falls when this is closed or the process dies. */
  record LockedFile(FileChannel channel, FileLock lock) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
