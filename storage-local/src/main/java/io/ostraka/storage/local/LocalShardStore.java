package io.ostraka.storage.local;

import io.ostraka.store.CardChange;
import io.ostraka.store.Keys;
import io.ostraka.store.Listing;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A root that is a directory, on a local disk or a file system that several machines share.
 *
 * <p>Publishing is a hidden file in the folder of its name, fsync, a hard link to the name, fsync
 * of the folder, and the hidden file's end. A hard link fails if the name is taken, which a rename
 * would silently replace.
 */
public final class LocalShardStore implements ShardStore {
  /*
   * Durable means more than "fsync what I wrote". A process may have died between a link and the
   * fsync of its folder, or between a new folder and the fsync of the folder that holds it. Both
   * are visible to the next process, and neither need survive a power loss. So
   *  - the first time that a store touches a folder, it syncs every folder from there to the root,
   *    whoever made them, and
   *  - a name found taken is synced into its folder before the caller is told, since the caller may
   *    take that for success and forget its journal.
   *
   * Without hard links (FAT, some network and user-space file systems) the name is claimed by an
   * exclusive rename: under a lock on `.rename.lock` in the root, which falls when its holder dies
   * and leaves nothing to clear away, the name is looked for and, if it is free, the hidden file is
   * renamed to it. The file is whole when it gets its name, and two publishers that both lock
   * cannot both find the name free. Where the file system has no locks either, the look and the
   * rename are two steps: two processes that publish one name at one moment could replace one whole
   * file by another. A name has one owner, so that takes a second mistake; correctness never rests
   * on it.
   */

  /** One rename at a time in this process, whose file locks do not keep its own threads apart. */
  private static final ReentrantLock RENAMING = new ReentrantLock();

  private static final String RENAME_LOCK = ".rename.lock";

  private final Path root;
  private final FileOperations files;
  private final StoreClock clock;
  private final StoreErrors errors;
  private final FolderWalk walk;
  private final Leftovers leftovers;
  private final Set<Path> durableFolders = ConcurrentHashMap.newKeySet();

  LocalShardStore(Path root, FileOperations files, Clock clock) {
    this.root = root;
    this.files = files;
    this.clock = new StoreClock(root, files, clock);
    this.errors = new StoreErrors(root);
    this.walk = new FolderWalk(root);
    this.leftovers = new Leftovers(root, walk, files);
  }

  /**
   * A store below a folder, which need not exist yet: the first publish makes it.
   *
   * @throws IOException if something else than a folder is there
   */
  public static LocalShardStore open(Path root) throws IOException {
    Path absolute = root.toAbsolutePath().normalize();
    if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
      throw new IOException(
          "Cannot use " + absolute + " as a root: it is a file; name a folder, or one to be made");
    }
    return new LocalShardStore(absolute, new FileOperations(), Clock.systemUTC());
  }

  @Override
  public URI root() {
    String text = root.toUri().toString();
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  @Override
  public Listing list(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    Instant listedAt = clock.now();
    try {
      return new Listing(walk.objects(prefix), listedAt);
    } catch (NoSuchFileException e) {
      return new Listing(List.of(), listedAt);
    } catch (IOException e) {
      throw errors.explain("list", prefix, e);
    }
  }

  @Override
  public List<String> listNames(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    try {
      return walk.names(prefix);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw errors.explain("list", prefix, e);
    }
  }

  @Override
  public byte[] read(String key) throws IOException {
    Path file = existing(key);
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw errors.noSuch(key);
    } catch (IOException e) {
      throw errors.explain("read", key, e);
    }
  }

  @Override
  public LocalCopy open(String key) throws IOException {
    return new OwnFile(existing(key));
  }

  @Override
  public void publish(String key, Path sealed) throws IOException {
    if (!Files.isRegularFile(sealed)) {
      throw new IOException("Cannot publish " + sealed + " as " + key + ": it is no file");
    }
    createWhole("publish", key, hidden -> files.copy(sealed, hidden));
  }

  @Override
  public void create(String key, byte[] bytes) throws IOException {
    createWhole("create", key, hidden -> files.write(hidden, bytes));
  }

  @Override
  public void replace(String key, byte[] bytes) throws IOException {
    Path file = file(key);
    Path hidden = hiddenBeside(file);
    try {
      makeDurableFolder(folderOf(file));
      write(hidden, h -> files.write(h, bytes));
      files.rename(hidden, file);
      files.syncFolder(folderOf(file));
    } catch (IOException e) {
      removeAfter(e, hidden);
      throw errors.explain("replace", key, e);
    }
  }

  @Override
  public void edit(String key, CardChange change) throws IOException {
    Keys.check(key);
    EditLock lock = EditLock.take(root, files);
    try {
      Optional<byte[]> now = readIfThere(key);
      Optional<byte[]> changed = change.apply(now);
      if (changed.isPresent() && !Arrays.equals(changed.get(), now.orElse(null))) {
        replace(key, changed.get());
      }
    } finally {
      lock.release();
    }
  }

  private Optional<byte[]> readIfThere(String key) throws IOException {
    try {
      return Optional.of(read(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void delete(String key) throws IOException {
    Path file = file(key);
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      return; // Folders are no objects: there is none of this name.
    }
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        files.delete(file);
        files.syncFolder(folderOf(file));
      }
    } catch (NoSuchFileException e) {
      return; // The folder went with it.
    } catch (IOException e) {
      throw errors.explain("delete", key, e);
    }
  }

  @Override
  public boolean isPrepared(String prefix) throws IOException {
    return Files.isDirectory(folder(prefix));
  }

  @Override
  public void prepare(String prefix) throws IOException {
    Path folder = folder(prefix);
    try {
      makeDurableFolder(folder);
    } catch (IOException e) {
      throw errors.explain("make", prefix, e);
    }
  }

  @Override
  public void removeUnfinished(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    try {
      for (Path hidden : walk.unfinished(prefix)) {
        files.delete(hidden);
      }
    } catch (NoSuchFileException e) {
      return; // There is no root yet.
    } catch (IOException e) {
      throw errors.explain("clean up", prefix, e);
    }
  }

  @Override
  public List<StoredObject> unfinished(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    try {
      return leftovers.unfinished(prefix);
    } catch (IOException e) {
      throw errors.explain("list", prefix, e);
    }
  }

  @Override
  public int removeUnfinished(String prefix, Instant before) throws IOException {
    Keys.checkPrefix(prefix);
    try {
      return leftovers.removeUnfinished(prefix, before);
    } catch (IOException e) {
      throw errors.explain("clean up", prefix, e);
    }
  }

  @Override
  public List<StoredObject> emptyFolders(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    try {
      return leftovers.emptyFolders(prefix);
    } catch (IOException e) {
      throw errors.explain("list", prefix, e);
    }
  }

  @Override
  public void removeEmptyFolders(String prefix) throws IOException {
    Path folder = folder(prefix);
    try {
      if (walk.isWithin(folder) && !folder.equals(root)) {
        leftovers.removeEmptyFolders(folder);
        durableFolders.removeIf(known -> known.startsWith(folder));
        files.syncFolder(folderOf(folder));
      }
    } catch (NoSuchFileException e) {
      return; // Somebody else removed it.
    } catch (IOException e) {
      throw errors.explain("clean up", prefix, e);
    }
  }

  @Override
  public void close() {
    durableFolders.clear();
  }

  @Override
  public String toString() {
    return "LocalShardStore[" + root + "]";
  }

  private void createWhole(String doing, String key, Filling filling) throws IOException {
    Path file = file(key);
    Path hidden = hiddenBeside(file);
    try {
      makeDurableFolder(folderOf(file));
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(file.toString());
      }
      write(hidden, filling);
      takeName(hidden, file);
      files.syncFolder(folderOf(file));
    } catch (IOException e) {
      removeAfter(e, hidden);
      if (isTaken(e, file)) {
        files.syncFolder(folderOf(file));
        throw errors.taken(key);
      }
      throw errors.explain(doing, key, e);
    }
    removeQuietly(hidden);
  }

  private static boolean isTaken(IOException e, Path file) {
    return e instanceof FileAlreadyExistsException taken && file.toString().equals(taken.getFile());
  }

  private void write(Path hidden, Filling filling) throws IOException {
    try {
      filling.fill(hidden);
    } catch (NoSuchFileException e) {
      // The folder was removed since this store made or saw it; make it once more.
      durableFolders.clear();
      makeDurableFolder(folderOf(hidden));
      filling.fill(hidden);
    }
    files.syncFile(hidden);
  }

  private void takeName(Path hidden, Path file) throws IOException {
    try {
      files.link(hidden, file);
    } catch (FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(file.toString());
    } catch (UnsupportedOperationException e) {
      renameExclusively(hidden, file);
    } catch (FileSystemException e) {
      if (e.getClass() != FileSystemException.class) {
        throw e;
      }
      // Whatever the reason's text, which differs by system and language: links may be refused.
      renameExclusively(hidden, file);
    }
  }

  private void renameExclusively(Path hidden, Path file) throws IOException {
    RENAMING.lock();
    FileOperations.@Nullable LockedFile held = lockForRename();
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(file.toString());
      }
      files.rename(hidden, file);
    } finally {
      if (held != null) {
        held.close();
      }
      RENAMING.unlock();
    }
  }

  private FileOperations.@Nullable LockedFile lockForRename() {
    try {
      return files.lock(root.resolve(RENAME_LOCK));
    } catch (IOException e) {
      return null; // No locks either; see the story above.
    }
  }

  /**
   * Makes a folder and whatever is missing above it, and has the disk know every name from the root
   * to it, once for each folder that this store meets.
   */
  private void makeDurableFolder(Path folder) throws IOException {
    if (durableFolders.contains(folder)) {
      return;
    }
    boolean isThere = Files.isDirectory(folder);
    if (isThere && root.startsWith(folder)) {
      syncAbove(folder);
      durableFolders.add(folder);
      return;
    }
    Path parent = folderOf(folder);
    makeDurableFolder(parent);
    if (!isThere) {
      makeFolder(folder);
    }
    files.syncFolder(parent);
    durableFolders.add(folder);
  }

  /** Has the disk know a root that was there already, which a dead process may just have made. */
  private void syncAbove(Path folder) {
    Path parent = folder.getParent();
    if (parent == null || !folder.equals(root)) {
      return;
    }
    try {
      files.syncFolder(parent);
    } catch (IOException e) {
      return; // A folder that is not ours, and that this process may not be allowed to open.
    }
  }

  private void makeFolder(Path folder) throws IOException {
    try {
      files.makeFolder(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
  }

  private Path existing(String key) throws IOException {
    Path file = file(key);
    try {
      if (walk.isWithin(file) && Files.isRegularFile(file)) {
        return file;
      }
    } catch (IOException e) {
      throw errors.explain("read", key, e);
    }
    throw errors.noSuch(key);
  }

  private Path file(String key) throws IOException {
    return resolve(Keys.check(key));
  }

  private Path folder(String prefix) throws IOException {
    return resolve(Keys.checkPrefix(prefix));
  }

  private Path resolve(String key) throws IOException {
    try {
      return root.resolve(key);
    } catch (InvalidPathException e) {
      throw new IOException(
          "Cannot use \""
              + key
              + "\" as a file name: this process has a locale without it; set LC_ALL=C.UTF-8",
          e);
    }
  }

  private static Path folderOf(Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  private static Path hiddenBeside(Path file) {
    return file.resolveSibling(HiddenNames.next(String.valueOf(file.getFileName())));
  }

  private void removeAfter(IOException failure, Path hidden) {
    try {
      files.delete(hidden);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void removeQuietly(Path hidden) {
    try {
      files.delete(hidden);
    } catch (IOException e) {
      return; // Published all the same; the owner's next start removes it.
    }
  }

  /** Writes the bytes of an object into a hidden file. */
  private interface Filling {
    void fill(Path hidden) throws IOException;
  }

  /** For a folder the local copy is the file itself, which nobody holds. */
  private record OwnFile(Path path) implements LocalCopy {
    @Override
    public void close() {}
  }
}
