package io.ostraka.query;

import io.ostraka.store.ByteRange;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import io.ostraka.store.SparseCopy;
import io.ostraka.store.StoredObject;
import io.ostraka.store.UnreachableException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A folder root that is read as a bucket is: of large objects there is only what was asked for. */
final class DistantStore extends FlakyShardStore {
  static final long SMALL_BYTES = 1 << 20;

  private final ShardStore store;
  private final Path folder;
  private final Map<String, Sparse> copies = new ConcurrentHashMap<>();
  private final Set<String> kept = ConcurrentHashMap.newKeySet();
  private final AtomicLong fetched = new AtomicLong();
  private volatile boolean isAway;

  /**
   * Reads a store.
   *
   * @param folder where the store's root and the copies lie
   */
  DistantStore(ShardStore store, Path folder) {
    super(store);
    this.store = store;
    this.folder = folder;
  }

  /** How many bytes of shards were fetched so far. */
  long fetchedBytes() {
    return fetched.get();
  }

  /** Lets everything fail that is not on this machine, or no longer. */
  void away(boolean away) {
    isAway = away;
  }

  @Override
  protected synchronized Moment begin(String what) {
    Moment moment = super.begin(what);
    return isAway ? Moment.BEFORE : moment;
  }

  private void knock(String key) throws IOException {
    if (isAway) {
      begin("get " + key);
      throw new UnreachableException(
          "Cannot read " + key + ": ", "nobody is there", new IOException("away"));
    }
  }

  @Override
  public URI root() {
    return URI.create("distant://root");
  }

  @Override
  public Optional<Path> copies() {
    return Optional.of(folder);
  }

  @Override
  public Optional<RequestCount> requests() {
    return Optional.of(new RequestCount(calls().size(), 0, 0, 0, 0, fetched.get()));
  }

  @Override
  public SparseCopy openKept(StoredObject object) throws IOException {
    Sparse large = copies.get(object.key());
    if (large != null) {
      return new Kept(large);
    }
    if (!kept.contains(object.key())) {
      throw new IOException(object.key() + " is not here");
    }
    return SparseCopy.whole(store.open(object.key()), object.sizeBytes());
  }

  @Override
  public SparseCopy openSparse(StoredObject object) throws IOException {
    knock(object.key());
    if (object.sizeBytes() < SMALL_BYTES) {
      fetched.addAndGet(object.sizeBytes());
      LocalCopy copy = open(object.key());
      kept.add(object.key());
      return SparseCopy.whole(copy, object.sizeBytes());
    }
    try (LocalCopy there = store.open(object.key())) {
      Sparse made = copies.get(object.key());
      if (made == null) {
        made = new Sparse(there.path(), folder.resolve("copy-" + copies.size()), object);
        copies.put(object.key(), made);
      }
      return made;
    }
  }

  /** What there is of a large object, and no more. */
  private static final class Kept implements SparseCopy {
    private final Sparse of;

    Kept(Sparse of) {
      this.of = of;
    }

    @Override
    public void fetch(List<ByteRange> ranges) throws IOException {
      if (!of.had(ranges)) {
        throw new IOException(of.path() + " has not all of " + ranges);
      }
    }

    @Override
    public boolean isWhole() {
      return of.isWhole();
    }

    @Override
    public long sizeBytes() {
      return of.sizeBytes();
    }

    @Override
    public Path path() {
      return of.path();
    }

    @Override
    public void close() {}
  }

  private final class Sparse implements SparseCopy {
    private final Path original;
    private final Path copy;
    private final long size;
    private final List<ByteRange> had = new ArrayList<>();

    Sparse(Path original, Path copy, StoredObject object) throws IOException {
      this.original = original;
      this.copy = copy;
      this.size = object.sizeBytes();
      try (RandomAccessFile file = new RandomAccessFile(copy.toFile(), "rw")) {
        file.setLength(size);
      }
    }

    synchronized boolean had(List<ByteRange> ranges) {
      return had.containsAll(ranges);
    }

    @Override
    public synchronized void fetch(List<ByteRange> ranges) throws IOException {
      try (RandomAccessFile from = new RandomAccessFile(original.toFile(), "r");
          RandomAccessFile to = new RandomAccessFile(copy.toFile(), "rw")) {
        for (ByteRange range : ranges) {
          if (!had.contains(range)) {
            had.add(range);
            byte[] bytes = new byte[(int) range.length()];
            from.seek(range.offset());
            from.readFully(bytes);
            to.seek(range.offset());
            to.write(bytes);
            fetched.addAndGet(bytes.length);
          }
        }
      }
    }

    @Override
    public boolean isWhole() {
      return false;
    }

    @Override
    public long sizeBytes() {
      return size;
    }

    @Override
    public Path path() {
      return copy;
    }

    @Override
    public void close() {}
  }
}
