package io.ostraka.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * What a disk still has after a power loss, at the least: bytes that were synced, and names in
 * folders that were synced after the name was given.
 */
final class DurabilityModel {
  private final Set<Path> volatileBytes = new HashSet<>();
  private final Set<Path> volatileNames = new HashSet<>();
  private final Set<Path> syncedFolders = new HashSet<>();

  void written(Path file) {
    volatileBytes.add(file);
    volatileNames.add(file);
  }

  void named(Path path) {
    volatileNames.add(path);
  }

  void linked(Path existing, Path name) {
    assertThat(volatileBytes)
        .as("bytes get their name once they are synced")
        .doesNotContain(existing);
    volatileNames.add(name);
  }

  void fileSynced(Path file) {
    volatileBytes.remove(file);
  }

  void folderSynced(Path folder) {
    syncedFolders.add(folder);
    volatileNames.removeIf(path -> folder.equals(path.getParent()));
  }

  void assertDurable(Path file) {
    assertThat(volatileBytes).doesNotContain(file);
    for (Path path = file; path != null; path = path.getParent()) {
      assertThat(volatileNames).doesNotContain(path);
    }
  }

  /** Every folder from the root down was synced, so that names of unknown age are on the disk. */
  void assertFolderDurable(Path root, Path folder) {
    Path path = folder;
    while (!path.equals(root)) {
      path = Objects.requireNonNull(path.getParent());
      assertThat(syncedFolders).contains(path);
    }
  }
}
