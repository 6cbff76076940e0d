package io.ostraka.storage.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The folders of a root that the disk is known to know.
 *
 * <p>A process may have died between a new folder and the fsync of the folder that holds it. The
 * next process sees it, and it need not survive a power loss. So the first time that a store
 * touches a folder, it syncs every folder from there to the root, whoever made them. Safe for
 * threads.
 */
final class DurableFolders {
  private final Path root;
  private final FileOperations files;
  private final Set<Path> known = ConcurrentHashMap.newKeySet();

  DurableFolders(Path root, FileOperations files) {
    this.root = root;
    this.files = files;
  }

  /**
   * Makes a folder and whatever is missing above it, and has the disk know every name from the root
   * to it, once for each folder that is met.
   */
  void make(Path folder) throws IOException {
    if (known.contains(folder)) {
      return;
    }
    boolean isThere = Files.isDirectory(folder);
    if (isThere && root.startsWith(folder)) {
      syncAbove(folder);
      known.add(folder);
      return;
    }
    Path parent = Objects.requireNonNull(folder.getParent());
    make(parent);
    if (!isThere) {
      makeOne(folder);
    }
    files.syncFolder(parent);
    known.add(folder);
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

  private void makeOne(Path folder) throws IOException {
    try {
      files.makeFolder(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
  }

  /** Takes nothing about a folder and those below it as known any more. */
  void forgetBelow(Path folder) {
    known.removeIf(one -> one.startsWith(folder));
  }

  /** Takes nothing as known any more. */
  void forget() {
    known.clear();
  }
}
