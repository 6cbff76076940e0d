package io.ostraka.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Immutable objects by key below one root. No append, no lock, no directories.
 *
 * <p>A key is a relative path with slashes, for example {@code
 * project=digits/run=a/writer=r000000-…/metrics/….parquet}. A key with an empty part, with a part
 * that begins with a dot, or with a control character is refused with {@link
 * IllegalArgumentException}; {@link Keys} has the rule.
 *
 * <p>Safe for any number of threads and processes. Every {@link IOException} other than the two
 * named below means "try again, or say so": its message names the store, the key, the reason and
 * what to do.
 */
public interface ShardStore extends AutoCloseable {
  /** Where the root is, as an absolute URI without a slash at its end. */
  URI root();

  /**
   * Lists every object whose key begins with a prefix.
   *
   * @param prefix empty for the whole root, else it ends with a slash
   * @return an empty listing if nothing is there, also if the root itself does not exist yet. A
   *     listing shows an object once its publish returned. An object that comes or goes while the
   *     listing is made may be in it or not.
   */
  Listing list(String prefix) throws IOException;

  /**
   * Lists the names directly below a prefix, objects and folders alike, without a slash, ordered as
   * text.
   *
   * @param prefix empty for the root, else it ends with a slash
   */
  List<String> listNames(String prefix) throws IOException;

  /**
   * Tells when each of some folders last got, lost or replaced an entry, by the store's clock. Only
   * of folders where that is so long ago that a later change shows as another time; of the others,
   * and where folders are no more than parts of keys, nothing is told.
   *
   * @param prefixes each with a slash at its end
   * @return times by prefix
   */
  default Map<String, Instant> settledFolders(Collection<String> prefixes) throws IOException {
    prefixes.forEach(Keys::checkPrefix);
    return Map.of();
  }

  /**
   * Reads a whole object.
   *
   * @throws NoSuchFileException if there is none
   */
  byte[] read(String key) throws IOException;

  /** Whether there is an object under the key of a card. */
  default boolean exists(String key) throws IOException {
    try {
      read(key);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Hands out an object as a local file; for a folder root the file itself.
   *
   * @throws NoSuchFileException if there is none
   */
  LocalCopy open(String key) throws IOException;

  /**
   * The same, answered by the store itself: never by a copy that this machine has kept of it.
   *
   * @throws NoSuchFileException if there is none
   */
  default LocalCopy openAnew(String key) throws IOException {
    return open(key);
  }

  /**
   * Hands out an immutable object as a local file that need not have all of its bytes; for a folder
   * root the file itself, which has.
   *
   * @param object as it was listed
   * @throws NoSuchFileException if there is none
   */
  default SparseCopy openSparse(StoredObject object) throws IOException {
    return SparseCopy.whole(open(object.key()), object.sizeBytes());
  }

  /**
   * The same of what this machine has of the object already; the store is not asked. What is not
   * here cannot be fetched either: that is an {@link IOException}.
   *
   * @param object as it was listed
   */
  default SparseCopy openKept(StoredObject object) throws IOException {
    return openSparse(object);
  }

  /**
   * Publishes a sealed file. When this returns, the object is durable and every later {@link #list}
   * shows it. Publishing the name again replaces nothing, so a caller that does not know how an
   * earlier attempt ended may simply try again. A crash before this returns leaves either no object
   * or the whole object.
   *
   * @param sealed a complete file on local disk, which the store copies and leaves alone
   * @throws FileAlreadyExistsException if the name is taken, by whatever
   * @throws IOException if the store cannot be written; the object may or may not be published
   */
  void publish(String key, Path sealed) throws IOException;

  /**
   * The same as {@link #publish} for a few bytes in memory.
   *
   * @throws FileAlreadyExistsException if the name is taken, by whatever
   */
  void create(String key, byte[] bytes) throws IOException;

  /**
   * Replaces or creates a card. Readers see the old bytes or the new ones, whole. For cards only;
   * the caller is the only one who replaces this key.
   */
  void replace(String key, byte[] bytes) throws IOException;

  /**
   * Edits a card that several people share: reads it, has it changed, and replaces it. Of edits at
   * the same time, also by other processes, none is lost; readers see the old bytes or the new
   * ones, whole. A folder root holds a file lock meanwhile, a bucket writes with {@code If-Match}
   * and tries again. Where the store has neither, the last write wins.
   *
   * @throws IOException if the store cannot be read or written; if it failed while it wrote, the
   *     edit may or may not have been made. What the change throws comes through as it is
   */
  void edit(String key, CardChange change) throws IOException;

  /** Deletes an object. Deleting what is not there is no error. */
  void delete(String key) throws IOException;

  /**
   * Whether a run's writer may be written: on a folder root the writer's folder must exist, since
   * one that is absent means that the root is not mounted or that the run was deleted. A bucket has
   * no folders and says yes.
   *
   * @param prefix a writer's prefix, with a slash at its end
   */
  boolean isPrepared(String prefix) throws IOException;

  /**
   * Makes a writer's place ready before its first publish: a folder root makes the folders,
   * durably; a bucket does nothing.
   *
   * @param prefix a writer's prefix, with a slash at its end
   */
  void prepare(String prefix) throws IOException;

  /**
   * Removes what an owner that died left unfinished below its prefix; no listing shows that anyway.
   * For the owner of the prefix, before its first publish: a publish there that is under way in
   * another process may fail, and is safe to repeat.
   *
   * @param prefix a writer's prefix, with a slash at its end
   */
  void removeUnfinished(String prefix) throws IOException;

  /**
   * Lists what publishers left unfinished below a prefix, or are just writing. The names are for
   * people: they are no keys. Where nothing unfinished can be there, nothing is listed.
   *
   * @param prefix empty for the whole root, else it ends with a slash
   */
  default List<StoredObject> unfinished(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    return List.of();
  }

  /**
   * Removes what publishers that died left unfinished below a prefix, of any owner.
   *
   * @param prefix empty for the whole root, else it ends with a slash
   * @param before what was written at this time or later stays, by the store's clock
   * @return how many there were
   */
  default int removeUnfinished(String prefix, Instant before) throws IOException {
    Keys.checkPrefix(prefix);
    return 0;
  }

  /**
   * Lists the folders below a prefix in which nothing is, each as its prefix with a slash at its
   * end and its time. Where folders are no more than parts of keys there are none.
   *
   * @param prefix empty for the whole root, else it ends with a slash
   */
  default List<StoredObject> emptyFolders(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
    return List.of();
  }

  /**
   * Removes the folders at and below a prefix that hold no object, hidden files and all. A folder
   * that holds an object stays. Where folders are no more than parts of keys there are none to
   * remove. For a place that nobody writes any more: a publish there that is under way fails.
   *
   * @param prefix of a run or below one, with a slash at its end
   */
  default void removeEmptyFolders(String prefix) throws IOException {
    Keys.checkPrefix(prefix);
  }

  /** The folder where the local copies lie that {@link #open} hands out, if not in the root. */
  default Optional<Path> copies() {
    return Optional.empty();
  }

  /** The requests that this store has made so far; nothing for one that nobody pays for. */
  default Optional<RequestCount> requests() {
    return Optional.empty();
  }

  @Override
  void close();
}
