package io.ostraka.storage.local;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * File operations of a process that dies after a number of them: the next one throws, half done
 * where it can be, and so does everything after it.
 */
final class DyingOperations extends FileOperations {
  /** Whether the file system has hard links. */
  enum Links {
    WORK,
    REFUSED
  }

  private final int survived;
  private final Links links;
  private RecordingOperations done = new RecordingOperations(new DurabilityModel());
  private int count;

  private DyingOperations(int survived, Links links) {
    this.survived = survived;
    this.links = links;
  }

  static DyingOperations after(int operations, Links links) {
    return new DyingOperations(operations, links);
  }

  DyingOperations recordedBy(DurabilityModel disk) {
    done = new RecordingOperations(disk);
    return this;
  }

  /** How many operations were asked for. */
  int count() {
    return count;
  }

  @Override
  void makeFolder(Path folder) throws IOException {
    live();
    done.makeFolder(folder);
  }

  @Override
  void copy(Path source, Path target) throws IOException {
    if (count >= survived) {
      byte[] bytes = Files.readAllBytes(source);
      if (count == survived) {
        done.write(target, java.util.Arrays.copyOf(bytes, bytes.length / 2));
      }
    }
    live();
    done.copy(source, target);
  }

  @Override
  void write(Path target, byte[] bytes) throws IOException {
    live();
    done.write(target, bytes);
  }

  @Override
  void syncFile(Path file) throws IOException {
    live();
    done.syncFile(file);
  }

  @Override
  void syncFolder(Path folder) throws IOException {
    live();
    done.syncFolder(folder);
  }

  @Override
  void link(Path existing, Path name) throws IOException {
    if (links == Links.REFUSED) {
      throw new FileSystemException(name.toString(), null, "Operation not permitted");
    }
    live();
    done.link(existing, name);
  }

  @Override
  void rename(Path from, Path to) throws IOException {
    live();
    done.rename(from, to);
  }

  @Override
  void delete(Path file) throws IOException {
    live();
    done.delete(file);
  }

  private void live() {
    if (count++ >= survived) {
      throw new Died();
    }
  }

  /** Nobody handles it: the process is dead. */
  static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
