package io.ostraka.storage.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Turns what a file system says into one line: what, which, why, what to do. */
final class StoreErrors {
  private final Path root;

  StoreErrors(Path root) {
    this.root = root;
  }

  NoSuchFileException noSuch(String key) {
    return new NoSuchFileException(root.resolve(key).toString(), null, "there is no such object");
  }

  FileAlreadyExistsException taken(String key) {
    return new FileAlreadyExistsException(
        root.resolve(key).toString(), null, "the name is taken and is never replaced");
  }

  /** Something that the store asks of the file system, which may fail. */
  interface Attempt<T> {
    T make() throws IOException;
  }

  /** The same without an answer. */
  interface Change {
    void make() throws IOException;
  }

  /**
   * Makes an attempt, and explains its failure.
   *
   * @param doing as for {@link #explain}
   * @param ifMissing the answer where a file or folder is not there
   */
  <T> T explained(String doing, String key, Attempt<T> attempt, T ifMissing) throws IOException {
    try {
      return attempt.make();
    } catch (NoSuchFileException e) {
      return ifMissing;
    } catch (IOException e) {
      throw explain(doing, key, e);
    }
  }

  /** Makes a change, and explains its failure. */
  void explained(String doing, String key, Change change) throws IOException {
    try {
      change.make();
    } catch (IOException e) {
      throw explain(doing, key, e);
    }
  }

  /** Makes a change of something that may be gone, which is as good, and explains its failure. */
  void explainedIfThere(String doing, String key, Change change) throws IOException {
    explained(
        doing,
        key,
        () -> {
          try {
            change.make();
          } catch (NoSuchFileException e) {
            return;
          }
        });
  }

  /**
   * The same failure with a message for a person.
   *
   * @param doing what failed, for example {@code publish}
   * @param key of the object or the prefix, empty for the root
   */
  IOException explain(String doing, String key, IOException e) {
    Path path = key.isEmpty() ? root : root.resolve(key);
    boolean isObject = !key.isEmpty() && !key.endsWith("/");
    return new IOException("Cannot " + doing + " " + path + ": " + reason(path, isObject, e), e);
  }

  private String reason(Path path, boolean isObject, IOException e) {
    @Nullable Path obstacle = fileInTheWay(path);
    if (obstacle != null) {
      return obstacle + " is a file where a folder should be; move it away or choose another root";
    }
    if (e instanceof FileAlreadyExistsException taken) {
      return taken.getFile() + " is a file where a folder should be; move it away";
    }
    if (isObject && Files.isDirectory(path)) {
      return "a folder is in the way; move it away";
    }
    if (e instanceof AccessDeniedException denied) {
      return "no permission for " + denied.getFile() + "; allow it or choose another root";
    }
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " is gone; it is safe to try again";
    }
    if (isFull(path)) {
      return "the disk is full; free some space, then it is safe to try again";
    }
    return said(e) + "; it is safe to try again";
  }

  private @Nullable Path fileInTheWay(Path path) {
    for (Path p = path.getParent(); p != null; p = p.getParent()) {
      if (Files.exists(p)) {
        return Files.isDirectory(p) ? null : p;
      }
    }
    return null;
  }

  private static boolean isFull(Path path) {
    for (Path p = path; p != null; p = p.getParent()) {
      if (Files.exists(p)) {
        try {
          return Files.getFileStore(p).getUsableSpace() == 0;
        } catch (IOException e) {
          return false;
        }
      }
    }
    return false;
  }

  private static String said(IOException e) {
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason != null ? reason : e.getClass().getSimpleName();
  }
}
