package io.ostraka.storage.local;

import io.ostraka.store.CardChange;
import io.ostraka.store.Keys;
import io.ostraka.store.Listing;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A root that is a directory, on a local disk or a file system that several machines share. Objects
 * get their names when they are whole ({@link WholeFiles}).
 */
public final class LocalShardStore implements ShardStore {
  /** File systems count time in steps of up to this long. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final Path root;
  private final FileOperations files;
  private final StoreClock clock;
  private final StoreErrors errors;
  private final FolderWalk walk;
  private final Leftovers leftovers;
  private final DurableFolders folders;
  private final WholeFiles whole;

  LocalShardStore(Path root, FileOperations files, Clock clock) {
    this.root = root;
    this.files = files;
    this.clock = new StoreClock(root, files, clock);
    this.errors = new StoreErrors(root);
    this.walk = new FolderWalk(root);
    this.leftovers = new Leftovers(root, walk, files);
    this.folders = new DurableFolders(root, files);
    this.whole = new WholeFiles(root, files, folders);
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
    return new Listing(
        errors.explained("list", prefix, () -> walk.objects(prefix), List.of()), listedAt);
  }

  @Override
  public List<String> listNames(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    return errors.explained("list", prefix, () -> walk.names(prefix), List.of());
  }

  @Override
  public Map<String, Instant> settledFolders(Collection<String> prefixes) {
    Instant settled = clock.now().minus(SETTLED);
    Map<String, Instant> times = new HashMap<>();
    for (String prefix : prefixes) {
      Keys.checkPrefix(prefix);
      Optional<Instant> changed = walk.changed(prefix);
      if (changed.isPresent() && changed.get().isBefore(settled)) {
        times.put(prefix, changed.get());
      }
    }
    return times;
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
    create("publish", key, hidden -> files.copy(sealed, hidden));
  }

  @Override
  public void create(String key, byte[] bytes) throws IOException {
    create("create", key, hidden -> files.write(hidden, bytes));
  }

  private void create(String doing, String key, WholeFiles.Filling filling) throws IOException {
    try {
      whole.create(file(key), filling);
    } catch (WholeFiles.TakenException e) {
      throw errors.taken(key);
    } catch (IOException e) {
      throw errors.explain(doing, key, e);
    }
  }

  @Override
  public void replace(String key, byte[] bytes) throws IOException {
    Path file = file(key);
    errors.explained(
        "replace", key, () -> whole.replace(file, hidden -> files.write(hidden, bytes)));
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
    errors.explainedIfThere(
        "delete",
        key,
        () -> {
          if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            files.delete(file);
            files.syncFolder(folderOf(file));
          }
        });
  }

  @Override
  public boolean isPrepared(String prefix) throws IOException {
    return Files.isDirectory(folder(prefix));
  }

  @Override
  public void prepare(String prefix) throws IOException {
    Path folder = folder(prefix);
    errors.explained("make", prefix, () -> folders.make(folder));
  }

  @Override
  public void removeUnfinished(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    errors.explainedIfThere(
        "clean up",
        prefix,
        () -> {
          for (Path hidden : walk.unfinished(prefix)) {
            files.delete(hidden);
          }
        });
  }

  @Override
  public List<StoredObject> unfinished(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    return errors.explained("list", prefix, () -> leftovers.unfinished(prefix), List.of());
  }

  @Override
  public int removeUnfinished(String prefix, Instant before) throws IOException {
    Keys.checkPrefix(prefix);
    return errors.explained(
        "clean up", prefix, () -> leftovers.removeUnfinished(prefix, before), 0);
  }

  @Override
  public List<StoredObject> emptyFolders(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    return errors.explained("list", prefix, () -> leftovers.emptyFolders(prefix), List.of());
  }

  @Override
  public void removeEmptyFolders(String prefix) throws IOException {
    Path folder = folder(prefix);
    errors.explainedIfThere(
        "clean up",
        prefix,
        () -> {
          if (walk.isWithin(folder) && !folder.equals(root)) {
            leftovers.removeEmptyFolders(folder);
            folders.forgetBelow(folder);
            files.syncFolder(folderOf(folder));
          }
        });
  }

  @Override
  public void close() {
    folders.forget();
  }

  @Override
  public String toString() {
    return "LocalShardStore[" + root + "]";
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

  /** For a folder the local copy is the file itself, which nobody holds. */
  private record OwnFile(Path path) implements LocalCopy {
    @Override
    public void close() {}
  }
}
