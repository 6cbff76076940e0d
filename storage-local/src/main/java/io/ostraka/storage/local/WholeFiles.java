package io.ostraka.storage.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives files their names when they are whole and on the disk: a hidden file in the folder of the
 * name, fsync, a hard link to the name, fsync of the folder, and the hidden file's end. A hard link
 * fails if the name is taken, which a rename would silently replace. Safe for threads.
 */
final class WholeFiles {
  /*
   * Durable means more than "fsync what I wrote". A process may have died between a link and the
   * fsync of its folder: the next process sees the name, and it need not survive a power loss. So a
   * name found taken is synced into its folder before the caller is told, since the caller may take
   * that for success and forget its journal.
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
  private final DurableFolders folders;

  /** Writes the bytes of an object into a hidden file. */
  interface Filling {
    void fill(Path hidden) throws IOException;
  }

  /** The name that a new file was to get is taken, and durably so. */
  static final class TakenException extends IOException {
    private static final long serialVersionUID = 1;

    TakenException(Path file) {
      super(file + " is taken");
    }
  }

  WholeFiles(Path root, FileOperations files, DurableFolders folders) {
    this.root = root;
    this.files = files;
    this.folders = folders;
  }

  /**
   * Makes a file.
   *
   * @throws TakenException if there is one of this name
   * @throws IOException if it cannot be made; it may be there or not
   */
  void create(Path file, Filling filling) throws IOException {
    Path hidden = hiddenBeside(file);
    try {
      folders.make(folderOf(file));
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new TakenException(file);
      }
      write(hidden, filling);
      takeName(hidden, file);
      files.syncFolder(folderOf(file));
    } catch (IOException e) {
      removeAfter(e, hidden);
      if (e instanceof TakenException) {
        files.syncFolder(folderOf(file));
      }
      throw e;
    }
    removeQuietly(hidden);
  }

  /** Makes a file, or puts it in the place of one that has its name. */
  void replace(Path file, Filling filling) throws IOException {
    Path hidden = hiddenBeside(file);
    try {
      folders.make(folderOf(file));
      write(hidden, filling);
      files.rename(hidden, file);
      files.syncFolder(folderOf(file));
    } catch (IOException e) {
      removeAfter(e, hidden);
      throw e;
    }
  }

  private void write(Path hidden, Filling filling) throws IOException {
    try {
      filling.fill(hidden);
    } catch (NoSuchFileException e) {
      // The folder was removed since this store made or saw it; make it once more.
      folders.forget();
      folders.make(folderOf(hidden));
      filling.fill(hidden);
    }
    files.syncFile(hidden);
  }

  private void takeName(Path hidden, Path file) throws IOException {
    try {
      files.link(hidden, file);
    } catch (FileAlreadyExistsException e) {
      throw new TakenException(file);
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
        throw new TakenException(file);
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
}
