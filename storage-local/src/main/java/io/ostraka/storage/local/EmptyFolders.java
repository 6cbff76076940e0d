package io.ostraka.storage.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Removes folders in which nothing but hidden files is left. Links are not followed. */
final class EmptyFolders {
  private final FileOperations files;

  EmptyFolders(FileOperations files) {
    this.files = files;
  }

  /** Removes what is empty at and below a folder; returns whether the folder itself is gone. */
  boolean remove(Path folder) throws IOException {
    List<Path> hidden = new ArrayList<>();
    boolean isEmpty = true;
    for (Path entry : entries(folder)) {
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        isEmpty &= remove(entry);
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
      return List.of();
    }
  }
}
