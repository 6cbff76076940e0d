package io.ostraka.query;

import io.ostraka.ShardFormatException;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.LiveShard;
import io.ostraka.shard.ShardFooter;
import io.ostraka.shard.ShardLayout;
import io.ostraka.store.ByteRange;
import io.ostraka.store.Fetchers;
import io.ostraka.store.ShardStore;
import io.ostraka.store.SparseCopy;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Hands out shards as local files that have at least what a query needs of them. Of a store to
 * which each request takes its time, many are fetched at once. Safe for threads.
 */
final class Copies {
  private static final int LAYOUTS_KEPT = 1024;
  private static final int CHECKS_KEPT = 100_000;

  private final ShardStore store;
  private final Fetchers fetchers;

  private final Map<LiveShard, ShardLayout> layouts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LiveShard, ShardLayout> eldest) {
          return size() > LAYOUTS_KEPT;
        }
      };

  /** Shards whose footers were checked, where listings trust their names. */
  private final Set<LiveShard> checked = ConcurrentHashMap.newKeySet();

  private final boolean checks;

  /**
   * Copies of what a store has.
   *
   * @param checks whether to check that each shard is what its name says, since nobody did before
   */
  Copies(ShardStore store, Fetchers fetchers, boolean checks) {
    this.store = store;
    this.fetchers = fetchers;
    this.checks = checks;
  }

  /** A shard that cannot be read. */
  static final class Unreadable extends IOException {
    private static final long serialVersionUID = 1;

    private final transient LiveShard shard;

    Unreadable(LiveShard shard, ShardFormatException cause) {
      super(cause.getMessage(), cause);
      this.shard = shard;
    }

    LiveShard shard() {
      return shard;
    }
  }

  /** Files that are held open. */
  static final class Held implements AutoCloseable {
    private final List<SparseCopy> files;

    private Held(List<SparseCopy> files) {
      this.files = files;
    }

    List<SparseCopy> files() {
      return files;
    }

    @Override
    public void close() {
      files.forEach(SparseCopy::close);
    }
  }

  /**
   * Opens shards, in the order of their sources.
   *
   * @throws java.nio.file.NoSuchFileException if one of them is gone
   * @throws Unreadable if the footer of one of them is damaged
   */
  Held open(List<Source> sources, Needs needs) throws IOException {
    List<Callable<SparseCopy>> tasks = new ArrayList<>(sources.size());
    for (Source source : sources) {
      tasks.add(() -> open(source, needs));
    }
    return new Held(fetchers.all(tasks, SparseCopy::close));
  }

  /** What lies where in the shards of some sources, in their order. */
  List<ShardLayout> layouts(List<Source> sources) throws IOException {
    List<Callable<ShardLayout>> tasks = new ArrayList<>(sources.size());
    sources.forEach(source -> tasks.add(() -> layout(source)));
    return fetchers.all(tasks, layout -> {});
  }

  private ShardLayout layout(Source source) throws IOException {
    LiveShard shard = source.shard();
    ShardLayout known = known(shard);
    if (known != null) {
      return known;
    }
    try (SparseCopy copy = store.openSparse(object(shard))) {
      return layout(source, copy);
    }
  }

  /** Has every byte of a copy fetched. */
  static void complete(SparseCopy copy) throws IOException {
    if (!copy.isWhole()) {
      copy.fetch(List.of(new ByteRange(0, copy.sizeBytes())));
    }
  }

  private SparseCopy open(Source source, Needs needs) throws IOException {
    SparseCopy copy = store.openSparse(object(source.shard()));
    try {
      if (!copy.isWhole()) {
        copy.fetch(needs.in(layout(source, copy), copy.sizeBytes()));
      } else if (checks && !checked.contains(source.shard())) {
        String key = source.shard().key();
        orUnreadable(source, () -> check(source, ShardFooter.read(copy.path(), key)));
      }
      return copy;
    } catch (IOException | RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  private ShardLayout layout(Source source, SparseCopy copy) throws IOException {
    LiveShard shard = source.shard();
    ShardLayout known = known(shard);
    if (known != null) {
      return known;
    }
    ShardLayout read =
        orUnreadable(
            source,
            () -> {
              ShardLayout layout = ShardLayout.read(copy, shard.key());
              check(source, layout.footer());
              return layout;
            });
    synchronized (layouts) {
      layouts.put(shard, read);
    }
    return read;
  }

  private boolean check(Source source, ShardFooter footer) throws ShardFormatException {
    LiveShard shard = source.shard();
    Catalog.check(shard, source.stream(), footer);
    if (checked.size() >= CHECKS_KEPT) {
      checked.clear();
    }
    checked.add(shard);
    return true;
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  private static <T> T orUnreadable(Source source, Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (ShardFormatException e) {
      throw new Unreadable(source.shard(), e);
    }
  }

  private @Nullable ShardLayout known(LiveShard shard) {
    synchronized (layouts) {
      return layouts.get(shard);
    }
  }

  private static StoredObject object(LiveShard shard) {
    return new StoredObject(shard.key(), shard.sizeBytes(), shard.modified());
  }
}
