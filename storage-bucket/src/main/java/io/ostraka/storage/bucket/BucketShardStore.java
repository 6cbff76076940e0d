package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.Attempts.Failed;
import io.ostraka.storage.bucket.BucketObjects.Condition;
import io.ostraka.storage.bucket.BucketObjects.Loaded;
import io.ostraka.store.CardChange;
import io.ostraka.store.Keys;
import io.ostraka.store.Listing;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import io.ostraka.store.SparseCopy;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A root that is a bucket, or a part of one.
 *
 * <p>Publishing is one put that the server refuses if the name is taken. Immutable objects come
 * once and lie in a local cache; cards are read anew each time.
 */
public final class BucketShardStore implements ShardStore {
  /** Below this an object is not worth more than one request: it is fetched whole. */
  static final long SMALL_BYTES = 1 << 20;

  /** So often an edit meets the edits of others before it gives up. */
  private static final int EDIT_ATTEMPTS = 50;

  private final BucketRoot root;
  private final BucketConnection connection;
  private final BucketErrors errors;
  private final BucketObjects objects;
  private final Uploads uploads;
  private final CreateOnly createOnly;

  BucketShardStore(BucketRoot root, BucketConnection connection) {
    this.root = root;
    this.connection = connection;
    this.errors = connection.errors(root);
    this.objects = connection.objects(root);
    this.uploads = connection.uploads(root);
    this.createOnly = connection.createOnly(root.bucket());
  }

  @Override
  public URI root() {
    return root.uri();
  }

  @Override
  public Listing list(String prefix) throws IOException {
    return objects.list(Keys.checkPrefix(prefix));
  }

  @Override
  public List<String> listNames(String prefix) throws IOException {
    return objects.names(Keys.checkPrefix(prefix));
  }

  @Override
  public byte[] read(String key) throws IOException {
    return objects.load(Keys.check(key)).bytes();
  }

  @Override
  public boolean exists(String key) throws IOException {
    return objects.exists("look at", Keys.check(key));
  }

  @Override
  public LocalCopy open(String key) throws IOException {
    return connection.cache().whole(from(Keys.check(key)), origin(key));
  }

  @Override
  public LocalCopy openAnew(String key) throws IOException {
    return connection.cache().unkept(origin(Keys.check(key)));
  }

  @Override
  public SparseCopy openSparse(StoredObject object) throws IOException {
    return openSparse(object, origin(object.key()));
  }

  @Override
  public SparseCopy openKept(StoredObject object) throws IOException {
    return openSparse(
        object,
        sink -> {
          throw errors.refuse("read", object.key(), "it is not in the cache");
        });
  }

  private SparseCopy openSparse(StoredObject object, CachedObject.Origin origin)
      throws IOException {
    String key = Keys.check(object.key());
    if (object.sizeBytes() < SMALL_BYTES) {
      LocalCopy copy = connection.cache().whole(from(key), origin);
      return SparseCopy.whole(copy, object.sizeBytes());
    }
    return connection.cache().sparse(from(key), object.sizeBytes(), origin);
  }

  private CachedObject.Origin origin(String key) {
    return sink -> objects.download("read", key, sink);
  }

  private String from(String key) {
    return connection.server() + " " + root.shown(key);
  }

  @Override
  public void publish(String key, Path sealed) throws IOException {
    Keys.check(key);
    if (!Files.isRegularFile(sealed)) {
      throw errors.refuse("publish", key, sealed + " is no file");
    }
    long length = Files.size(sealed);
    if (length > Uploads.PART_BYTES) {
      createOnly.put(
          objects,
          errors,
          "publish",
          key,
          length,
          (id, ifAbsent) -> uploads.put(key, sealed, length, id, ifAbsent));
    } else {
      create("publish", key, Content.of(sealed, 0, length), connection.storageClass());
    }
  }

  @Override
  public void create(String key, byte[] bytes) throws IOException {
    create("create", Keys.check(key), Content.of(bytes), Optional.empty());
  }

  private void create(String doing, String key, Content content, Optional<String> storageClass)
      throws IOException {
    createOnly.put(
        objects,
        errors,
        doing,
        key,
        content.length(),
        (id, ifAbsent) ->
            objects.put(
                doing,
                key,
                content,
                id,
                ifAbsent ? Condition.IF_ABSENT : Condition.NONE,
                storageClass));
  }

  @Override
  public void replace(String key, byte[] bytes) throws IOException {
    Keys.check(key);
    try {
      put("replace", key, bytes, connection.newId(), Condition.NONE);
    } catch (Failed e) {
      throw e.explained();
    }
  }

  @Override
  public void edit(String key, CardChange change) throws IOException {
    Keys.check(key);
    connection.editing().lock();
    try {
      for (int i = 0; i < EDIT_ATTEMPTS; i++) {
        if (tryEdit(key, change)) {
          return;
        }
      }
    } finally {
      connection.editing().unlock();
    }
    throw errors.refuse("edit", key, "others edit it all the time; it is safe to try again");
  }

  /** Edits once; false if somebody else edited meanwhile. */
  private boolean tryEdit(String key, CardChange change) throws IOException {
    Optional<Loaded> now = loadIfThere(key);
    Optional<byte[]> changed = change.apply(now.map(Loaded::bytes));
    if (changed.isEmpty() || (now.isPresent() && Arrays.equals(changed.get(), now.get().bytes()))) {
      return true;
    }
    String id = connection.newId();
    Condition condition =
        now.map(loaded -> new Condition(false, loaded.etag())).orElse(Condition.IF_ABSENT);
    try {
      put("edit", key, changed.get(), id, condition);
      return true;
    } catch (Failed e) {
      boolean lost = e.outcome() == Outcome.CONDITION_FAILED || e.outcome() == Outcome.ABSENT;
      if (lost) {
        return e.mayHaveLanded() && objects.isOf("edit", key, id);
      }
      throw e.explained();
    }
  }

  private Optional<Loaded> loadIfThere(String key) throws IOException {
    try {
      return Optional.of(objects.load(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void put(String doing, String key, byte[] bytes, String id, Condition condition)
      throws Failed, IOException {
    objects.put(doing, key, Content.of(bytes), id, condition, Optional.empty());
  }

  @Override
  public void delete(String key) throws IOException {
    objects.delete(Keys.check(key));
  }

  @Override
  public boolean isPrepared(String prefix) {
    Keys.checkPrefix(prefix);
    return true;
  }

  @Override
  public void prepare(String prefix) {
    Keys.checkPrefix(prefix);
  }

  @Override
  public void removeUnfinished(String prefix) {
    uploads.abortAll(Keys.checkPrefix(prefix));
  }

  @Override
  public void removeEmptyFolders(String prefix) throws IOException {
    objects.removeMarkers(Keys.checkPrefix(prefix));
  }

  @Override
  public Optional<Path> copies() {
    return Optional.of(connection.copies());
  }

  @Override
  public Optional<RequestCount> requests() {
    return Optional.of(connection.requests());
  }

  /** Does nothing: what stores of one process share is closed by {@link BucketStores}. */
  @Override
  public void close() {}

  @Override
  public String toString() {
    return "BucketShardStore[" + root() + "]";
  }
}
