package io.ostraka.storage.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The right to edit a card of a root: one editor at a time, among this process's threads by a lock
 * in memory (file locks do not keep them apart) and among processes and machines by a lock on
 * {@code .edit.lock} in the root, which falls when its holder dies. One for the whole root, so that
 * no run keeps a file that is not its own. Where the file system has no locks, two processes that
 * edit one card at one moment are not kept apart, and the last write wins.
 */
final class EditLock {
  private static final String NAME = ".edit.lock";
  private static final ReentrantLock EDITING = new ReentrantLock();

  private final FileOperations.@Nullable LockedFile file;

  private EditLock(FileOperations.@Nullable LockedFile file) {
    this.file = file;
  }

  /** Waits for the lock and takes it. */
  static EditLock take(Path root, FileOperations files) {
    EDITING.lock();
    try {
      return new EditLock(files.lock(root.resolve(NAME)));
    } catch (IOException e) {
      return new EditLock(null); // No locks, or no root yet; see above.
    } catch (RuntimeException | Error e) {
      EDITING.unlock();
      throw e;
    }
  }

  void release() throws IOException {
    try {
      if (file != null) {
        file.close();
      }
    } finally {
      EDITING.unlock();
    }
  }
}
