package io.ostraka.storage.bucket;

import io.ostraka.store.ByteRange;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.SparseCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Immutable objects on the local disk, whole or in part, shared by the processes of one user. Safe
 * for threads; one for each folder and process.
 */
final class DiskCache implements AutoCloseable {
  /*
   * Two files for an object, named by the hash of where it is from: NAME.data and NAME.parts. What
   * a process holds open it has locked (CacheSlots), so nobody removes it. A crash leaves at worst
   * bytes that no line of NAME.parts tells of; they are fetched again, or swept out.
   *
   * Least recently used goes first, by the time of NAME.parts, which is touched when the object is
   * opened. The folder is looked through when this process begins to fetch and again after each
   * sixteenth of the limit.
   */
  private static final String DATA = ".data";
  private static final String PARTS = ".parts";
  private static final Duration TOUCHED = Duration.ofMinutes(1);
  private static final Duration LONGEST_LOOK = Duration.ofDays(1);
  private static final int SWEEPS_A_LIMIT = 16;
  private static final double SWEPT_TO = 0.9;

  private final Path folder;
  private final long limitBytes;
  private final CacheSlots slots;
  private final Map<String, CachedObject> held = new HashMap<>();
  private long untilSweep;

  private DiskCache(Path folder, long limitBytes, CacheSlots slots) {
    this.folder = folder;
    this.limitBytes = limitBytes;
    this.slots = slots;
  }

  /**
   * Opens the cache in a folder, which is made if it is not there, for its user alone.
   *
   * @throws IOException if it cannot be made or written
   */
  static DiskCache open(Path folder, long limitBytes) throws IOException {
    try {
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(folder);
      }
      return new DiskCache(folder, limitBytes, CacheSlots.open(folder.resolve("lock")));
    } catch (IOException e) {
      throw new IOException(
          "Cannot keep copies of objects in "
              + folder
              + " ("
              + (e instanceof FileSystemException file ? file.getReason() : e.getMessage())
              + "); set OSTRAKA_CACHE to a folder that can be written",
          e);
    }
  }

  /**
   * Hands out an object with all of its bytes.
   *
   * @param from where it is from, the same for the same object for ever
   */
  LocalCopy whole(String from, CachedObject.Origin origin) throws IOException {
    Copy copy = hold(from, origin);
    try {
      fetched(copy.object.whole(origin));
      return copy;
    } catch (IOException e) {
      copy.close();
      throw explain(e);
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  /** Hands out an object with as many of its bytes as were asked for yet. */
  SparseCopy sparse(String from, long sizeBytes, CachedObject.Origin origin) throws IOException {
    Copy copy = hold(from, origin);
    try {
      copy.sizeBytes = sizeBytes;
      copy.object.expect(sizeBytes);
      return copy;
    } catch (IOException e) {
      copy.close();
      throw explain(e);
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  /** Hands out an object as it is fetched now, in a file that goes when it is closed. */
  LocalCopy unkept(CachedObject.Origin origin) throws IOException {
    UnkeptCopy copy = UnkeptCopy.in(folder);
    try {
      copy.fetch(origin);
      return copy;
    } catch (IOException e) {
      copy.close();
      throw explain(e);
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  private Copy hold(String from, CachedObject.Origin origin) throws IOException {
    String name = name(from);
    synchronized (held) {
      CachedObject object = held.get(name);
      if (object == null) {
        CacheSlots.Held slot = slots.hold(name);
        try {
          object = new CachedObject(path(name, DATA), path(name, PARTS), slot);
        } catch (IOException | RuntimeException e) {
          slot.close();
          throw e;
        }
        held.put(name, object);
        touch(path(name, PARTS));
      }
      object.hold();
      return new Copy(name, object, origin);
    }
  }

  private static void touch(Path parts) {
    Instant now = Instant.now();
    try {
      if (Files.getLastModifiedTime(parts).toInstant().isBefore(now.minus(TOUCHED))) {
        Files.setLastModifiedTime(parts, FileTime.from(now));
      }
    } catch (IOException e) {
      return; // It is new, or counts as older than it is.
    }
  }

  private void letGo(String name, CachedObject object) {
    synchronized (held) {
      if (object.letGo()) {
        held.remove(name);
      }
    }
  }

  private void fetched(long bytes) {
    synchronized (held) {
      untilSweep -= bytes;
      if (bytes == 0 || untilSweep >= 0) {
        return;
      }
      untilSweep = limitBytes / SWEEPS_A_LIMIT;
    }
    try {
      sweep();
    } catch (IOException e) {
      return; // The copy that was asked for is there; the next sweep may do better.
    }
  }

  /** Removes what was not used for longest until the rest fits. */
  void sweep() throws IOException {
    List<Found> all = new ArrayList<>();
    long total = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        removeIfLeft(file);
        Optional<Found> found = found(file);
        total += found.map(Found::bytes).orElse(0L);
        found.ifPresent(all::add);
      }
    }
    if (total <= limitBytes) {
      all.removeIf(found -> found.bytes() > 0);
    }
    all.sort(Comparator.comparing(Found::used));
    for (Found one : all) {
      if (one.bytes() == 0 || total > limitBytes * SWEPT_TO) {
        total -= remove(one.name()) ? one.bytes() : 0;
      }
    }
  }

  /** Removes what a process that died had fetched for itself alone. */
  private static void removeIfLeft(Path file) throws IOException {
    try {
      if (file.toString().endsWith(UnkeptCopy.ENDING)
          && Files.getLastModifiedTime(file)
              .toInstant()
              .isBefore(Instant.now().minus(LONGEST_LOOK))) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return; // Its owner was done with it.
    }
  }

  private record Found(String name, long bytes, Instant used) {}

  private Optional<Found> found(Path file) throws IOException {
    String fileName = String.valueOf(file.getFileName());
    try {
      if (fileName.endsWith(PARTS)) {
        String name = fileName.substring(0, fileName.length() - PARTS.length());
        long bytes = CacheParts.read(file).bytes();
        return Optional.of(new Found(name, bytes, Files.getLastModifiedTime(file).toInstant()));
      }
      if (fileName.endsWith(DATA)) {
        String name = fileName.substring(0, fileName.length() - DATA.length());
        return Files.exists(path(name, PARTS))
            ? Optional.empty()
            : Optional.of(new Found(name, 0, Instant.EPOCH));
      }
    } catch (NoSuchFileException e) {
      // Another process sweeps too.
    }
    return Optional.empty();
  }

  private boolean remove(String name) throws IOException {
    synchronized (held) {
      if (held.containsKey(name)) {
        return false;
      }
      Optional<CacheSlots.Held> slot = slots.tryRemove(name);
      if (slot.isEmpty()) {
        return false;
      }
      try {
        Files.deleteIfExists(path(name, PARTS));
        Files.deleteIfExists(path(name, DATA));
        return true;
      } finally {
        slot.get().close();
      }
    }
  }

  private Path path(String name, String ending) {
    return folder.resolve(name + ending);
  }

  private static String name(String from) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(from.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** The same failure; that of a full disk says what to do. */
  private IOException explain(IOException failure) {
    return folder.toFile().getUsableSpace() > 0
        ? failure
        : new IOException(
            "Cannot keep copies of objects in "
                + folder
                + ": the disk is full; free some space, or set OSTRAKA_CACHE to another folder",
            failure);
  }

  @Override
  public void close() {
    slots.close();
  }

  /** What was handed out. */
  private final class Copy implements SparseCopy {
    private final String name;
    private final CachedObject object;
    private final CachedObject.Origin origin;
    private final AtomicBoolean closed = new AtomicBoolean();
    private long sizeBytes = -1;

    Copy(String name, CachedObject object, CachedObject.Origin origin) {
      this.name = name;
      this.object = object;
      this.origin = origin;
    }

    @Override
    public Path path() {
      return object.path();
    }

    @Override
    public long sizeBytes() {
      return sizeBytes;
    }

    @Override
    public boolean isWhole() {
      return object.isWhole();
    }

    @Override
    public void fetch(List<ByteRange> ranges) throws IOException {
      try {
        fetched(object.ranges(ranges, origin));
      } catch (IOException e) {
        throw explain(e);
      }
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        letGo(name, object);
      }
    }
  }
}
