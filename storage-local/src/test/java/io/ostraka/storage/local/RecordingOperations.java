package io.ostraka.storage.local;

import java.io.IOException;
import java.nio.file.Path;

/** File operations that tell a model of the disk what they did. */
final class RecordingOperations extends FileOperations {
  private final DurabilityModel disk;

  RecordingOperations(DurabilityModel disk) {
    this.disk = disk;
  }

  @Override
  void makeFolder(Path folder) throws IOException {
    super.makeFolder(folder);
    disk.named(folder);
  }

  @Override
  void copy(Path source, Path target) throws IOException {
    super.copy(source, target);
    disk.written(target);
  }

  @Override
  void write(Path target, byte[] bytes) throws IOException {
    super.write(target, bytes);
    disk.written(target);
  }

  @Override
  void syncFile(Path file) throws IOException {
    super.syncFile(file);
    disk.fileSynced(file);
  }

  @Override
  void syncFolder(Path folder) throws IOException {
    super.syncFolder(folder);
    disk.folderSynced(folder);
  }

  @Override
  void link(Path existing, Path name) throws IOException {
    super.link(existing, name);
    disk.linked(existing, name);
  }

  @Override
  void rename(Path from, Path to) throws IOException {
    super.rename(from, to);
    disk.linked(from, to);
  }
}
