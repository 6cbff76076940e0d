package io.ostraka.storage.local;

import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Walks below a root. Hidden names are passed over; so is what vanishes under the walk, since
 * whoever removed it published what covers it before. A symbolic link is followed if it leads to a
 * place within the root that does not hold the link itself, and only one on any path, so that links
 * cannot lead in circles.
 */
final class FolderWalk {
  private final Path root;

  /** Where the root really lies; asked again when a path is not below it. */
  private volatile @Nullable Path realRoot;

  FolderWalk(Path root) {
    this.root = root;
  }

  /** Every regular file below a prefix, by key as text. */
  List<StoredObject> objects(String prefix) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    Path folder = root.resolve(prefix);
    if (isWithin(folder)) {
      collect(folder, prefix, found);
    }
    found.sort(Comparator.comparing(StoredObject::key));
    return found;
  }

  /** The names in a folder, as text. */
  List<String> names(String prefix) throws IOException {
    List<String> found = new ArrayList<>();
    Path folder = root.resolve(prefix);
    if (isWithin(folder)) {
      forEachEntry(folder, entry -> found.add(nameOf(entry)));
    }
    found.removeIf(HiddenNames::isHidden);
    found.sort(Comparator.naturalOrder());
    return found;
  }

  /** When a folder's entries last changed; nothing if it is none, or a link to one. */
  Optional<Instant> changed(String prefix) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(
              root.resolve(prefix), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isDirectory()
          ? Optional.of(attributes.lastModifiedTime().toInstant())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // Whoever lists it next says why.
    }
  }

  /** Every file below a prefix that was left unfinished. */
  List<Path> unfinished(String prefix) throws IOException {
    List<Path> found = new ArrayList<>();
    Path folder = root.resolve(prefix);
    if (isWithin(folder)) {
      collectUnfinished(folder, found);
    }
    return found;
  }

  private void collectUnfinished(Path folder, List<Path> found) throws IOException {
    List<Path> entries = new ArrayList<>();
    forEachEntry(folder, entries::add);
    for (Path entry : entries) {
      if (HiddenNames.isUnfinished(nameOf(entry))) {
        found.add(entry);
      } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        collectUnfinished(entry, found);
      }
    }
  }

  private void collect(Path folder, String prefix, List<StoredObject> found) throws IOException {
    List<Path> entries = new ArrayList<>();
    forEachEntry(folder, entries::add);
    for (Path entry : entries) {
      if (!HiddenNames.isHidden(nameOf(entry))) {
        collect(folder, entry, prefix + nameOf(entry), found);
      }
    }
  }

  private void collect(Path folder, Path entry, String key, List<StoredObject> found)
      throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = attributes(folder, entry);
    } catch (NoSuchFileException e) {
      return; // It vanished under the walk, or is a link to nothing.
    }
    if (attributes.isDirectory()) {
      collect(entry, key + "/", found);
    } else if (attributes.isRegularFile()) {
      found.add(
          new StoredObject(key, attributes.size(), attributes.lastModifiedTime().toInstant()));
    }
  }

  private BasicFileAttributes attributes(Path folder, Path entry) throws IOException {
    BasicFileAttributes own =
        Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!own.isSymbolicLink()) {
      return own;
    }
    return isFollowed(folder, entry) ? Files.readAttributes(entry, BasicFileAttributes.class) : own;
  }

  private boolean isFollowed(Path folder, Path link) throws IOException {
    Path holder = folder.toRealPath();
    Path target;
    try {
      target = link.toRealPath();
    } catch (IOException e) {
      return false; // It leads to nothing, to itself, or to where this process may not look.
    }
    boolean isFirstLink = holder.equals(root.toRealPath().resolve(root.relativize(folder)));
    return isFirstLink && isBelowRoot(target) && !holder.startsWith(target);
  }

  /** Whether a path is there and, with all links followed, below the root. */
  boolean isWithin(Path path) throws IOException {
    try {
      return isBelowRoot(path.toRealPath());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private boolean isBelowRoot(Path real) throws IOException {
    Path known = realRoot;
    if (known != null && real.startsWith(known)) {
      return true;
    }
    Path now = root.toRealPath();
    realRoot = now;
    return real.startsWith(now);
  }

  private static void forEachEntry(Path folder, Consumer<Path> action) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(action);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return; // It vanished, or a file has the name of a prefix: nothing is below it.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static String nameOf(Path entry) {
    return String.valueOf(entry.getFileName());
  }
}
