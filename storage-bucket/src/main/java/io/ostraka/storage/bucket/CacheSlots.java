package io.ostraka.storage.bucket;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Says among processes which cached objects are held: a byte of one lock file for each object,
 * shared by those who hold it and exclusive for the one who removes it. Locks fall when their
 * process ends, however it ends. Safe for threads.
 *
 * <p>The file is opened once, since a POSIX lock falls when any descriptor of its file is closed in
 * its process.
 */
final class CacheSlots implements AutoCloseable {
  private final Path file;
  private FileChannel channel;

  /** A slot that this process holds. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  private CacheSlots(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static CacheSlots open(Path file) throws IOException {
    return new CacheSlots(file, channel(file));
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Waits until nobody removes the object, and holds it. */
  Held hold(String name) throws IOException {
    try {
      return held(lockable().lock(slot(name), 1, true));
    } catch (OverlappingFileLockException e) {
      return () -> {}; // Another cache of this process on the same folder holds it.
    }
  }

  /** The right to remove the object, nothing if somebody holds it. */
  Optional<Held> tryRemove(String name) throws IOException {
    try {
      FileLock lock = lockable().tryLock(slot(name), 1, false);
      return Optional.ofNullable(lock).map(CacheSlots::held);
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // This process holds it.
    }
  }

  /** An interrupted thread closes the channel that it waits on. */
  private synchronized FileChannel lockable() throws IOException {
    if (!channel.isOpen()) {
      channel = channel(file);
    }
    return channel;
  }

  /** Of names that are random digits, the first forty bits: two that meet only hold each other. */
  private static long slot(String name) {
    return Long.parseLong(name.substring(0, 10), 16);
  }

  private static Held held(FileLock lock) {
    return () -> {
      try {
        lock.release();
      } catch (IOException e) {
        return; // The channel was closed, and the lock fell with it.
      }
    };
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      return; // Nothing was to be written.
    }
  }
}
