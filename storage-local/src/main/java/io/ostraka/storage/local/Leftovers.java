package io.ostraka.storage.local;

import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What no listing shows: files that were never finished, and folders in which nothing is. Links are
 * not followed.
 */
final class Leftovers {
  private final Path root;
  private final FolderWalk walk;
  private final FileOperations files;

  Leftovers(Path root, FolderWalk walk, FileOperations files) {
    this.root = root;
    this.walk = walk;
    this.files = files;
  }

  List<StoredObject> unfinished(String prefix) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    for (Path path : walk.unfinished(prefix)) {
      described(path, "").ifPresent(found::add);
    }
    return found;
  }

  int removeUnfinished(String prefix, Instant before) throws IOException {
    int removed = 0;
    for (Path path : walk.unfinished(prefix)) {
      Optional<StoredObject> left = described(path, "");
      if (left.isPresent() && left.get().modified().isBefore(before)) {
        files.delete(path);
        removed++;
      }
    }
    return removed;
  }

  List<StoredObject> emptyFolders(String prefix) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    Path folder = root.resolve(prefix);
    if (walk.isWithin(folder)) {
      collectEmpty(folder, found);
    }
    return found;
  }

  private void collectEmpty(Path folder, List<StoredObject> found) throws IOException {
    List<Path> entries = entries(folder);
    if (entries.isEmpty() && !folder.equals(root)) {
      described(folder, "/").ifPresent(found::add);
    }
    for (Path entry : entries) {
      boolean isHidden = HiddenNames.isHidden(String.valueOf(entry.getFileName()));
      if (!isHidden && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        collectEmpty(entry, found);
      }
    }
  }

  /** Nothing if it was finished or removed meanwhile. */
  private Optional<StoredObject> described(Path path, String end) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      String key = root.relativize(path).toString().replace('\\', '/') + end;
      Instant modified = attributes.lastModifiedTime().toInstant();
      return Optional.of(new StoredObject(key, attributes.size(), modified));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Removes the folders at and below one that hold nothing but hidden files; returns whether it is
   * gone itself.
   */
  boolean removeEmptyFolders(Path folder) throws IOException {
    List<Path> hidden = new ArrayList<>();
    boolean isEmpty = true;
    for (Path entry : entries(folder)) {
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        isEmpty &= removeEmptyFolders(entry);
      } else if (HiddenNames.isHidden(String.valueOf(entry.getFileName()))) {
        hidden.add(entry);
      } else {
        isEmpty = false;
      }
    }
    if (!isEmpty) {
      return false;
    }
    for (Path file : hidden) {
      files.delete(file);
    }
    files.delete(folder);
    return true;
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      List<Path> all = new ArrayList<>();
      entries.forEach(all::add);
      return all;
    } catch (NoSuchFileException e) {
      return List.of(); // Somebody removed it meanwhile.
    }
  }
}
