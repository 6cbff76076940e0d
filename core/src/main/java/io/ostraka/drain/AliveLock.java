package io.ostraka.drain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock that a process holds for its life on a file, by which others judge whether it lives.
 *
 * <p>Such a lock falls when any descriptor of the file is closed in the process. The one piece of
 * static state of this module keeps a process from opening a file that it holds itself.
 */
public final class AliveLock implements AutoCloseable {
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private AliveLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Takes the lock, or says that another holds it. */
  public static Optional<AliveLock> tryLock(Path file) throws IOException {
    Path name = file.toAbsolutePath().normalize();
    if (!HELD_HERE.add(name)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    boolean locked = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      locked = lock != null;
      return locked ? Optional.of(new AliveLock(name, channel)) : Optional.empty();
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    } finally {
      if (!locked) {
        HELD_HERE.remove(name);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  /**
   * Makes a file that is locked from the moment that it has its name, so that nobody who looks can
   * take its holder for dead; nothing if there is such a file already.
   */
  public static Optional<AliveLock> create(Path file) throws IOException {
    Path name = file.toAbsolutePath().normalize();
    if (Files.exists(name) || !HELD_HERE.add(name)) {
      return Optional.empty();
    }
    Path unnamed = name.resolveSibling("." + name.getFileName());
    FileChannel channel = null;
    boolean named = false;
    try {
      channel = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        throw new IOException("Cannot lock %s; does something else open it?".formatted(unnamed));
      }
      Files.move(unnamed, name, StandardCopyOption.ATOMIC_MOVE);
      named = true;
      return Optional.of(new AliveLock(name, channel));
    } finally {
      if (!named) {
        HELD_HERE.remove(name);
        if (channel != null) {
          channel.close();
          Files.deleteIfExists(unnamed);
        }
      }
    }
  }

  /** Whether some process holds the lock. */
  public static boolean isHeld(Path file) throws IOException {
    if (HELD_HERE.contains(file.toAbsolutePath().normalize())) {
      return true;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Writes into the file who holds the lock, for a person. */
  void note(String who) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(who.getBytes(StandardCharsets.UTF_8)), 0);
  }

  /**
   * What the holder noted; nothing if it noted nothing, or if this very process holds the lock,
   * which would fall by a look.
   */
  static String noted(Path file) throws IOException {
    return HELD_HERE.contains(file.toAbsolutePath().normalize()) ? "" : Files.readString(file);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    HELD_HERE.remove(file);
  }
}
