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
import io.ostraka.store.UnreachableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands out shards as local files that have at least what a query needs of them. Of a store to
 * which each request takes its time, many are fetched at once. Where the store is away, what is on
 * this machine is handed out. Safe for threads.
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
  private final Absence absence;

  /**
   * Copies of what a store has.
   *
   * @param absence whether the store is away
   * @param checks whether to check that each shard is what its name says, since nobody did before
   */
  Copies(ShardStore store, Fetchers fetchers, Absence absence, boolean checks) {
    this.absence = absence;
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
   * @throws SelectionChanged if some of them are gone or cannot be had
   * @throws Unreadable if the footer of one of them is damaged
   */
  Held open(List<Source> sources, Needs needs) throws IOException, SelectionChanged {
    return new Held(
        all(
            sources,
            (source, opening) -> {
              SparseCopy copy = opening.open(object(source.shard()));
              return prepared(source, copy, needs);
            },
            SparseCopy::close));
  }

  /**
   * What lies where in the shards of some sources, in their order.
   *
   * @throws SelectionChanged if some of them are gone or cannot be had
   * @throws Unreadable if the footer of one of them is damaged
   */
  List<ShardLayout> layouts(List<Source> sources) throws IOException, SelectionChanged {
    return all(sources, this::layout, layout -> {});
  }

  private ShardLayout layout(Source source, Opening opening) throws IOException {
    LiveShard shard = source.shard();
    ShardLayout known = known(shard);
    if (known != null) {
      return known;
    }
    try (SparseCopy copy = opening.open(object(shard))) {
      return layout(source, copy);
    }
  }

  /** A way of opening a shard. */
  private interface Opening {
    SparseCopy open(StoredObject object) throws IOException;
  }

  /** What is to be done with a shard that is opened in some way. */
  private interface Work<T> {
    T with(Source source, Opening opening) throws IOException;
  }

  /** What came of one shard: something or a failure. */
  private record Outcome<T>(@Nullable T made, @Nullable IOException failure) {
    void undo(Consumer<T> undo) {
      if (made != null) {
        undo.accept(made);
      }
    }
  }

  private <T> List<T> all(List<Source> sources, Work<T> work, Consumer<T> undo)
      throws IOException, SelectionChanged {
    List<Callable<Outcome<T>>> tasks = new ArrayList<>(sources.size());
    sources.forEach(source -> tasks.add(() -> kept(source, work)));
    List<Outcome<T>> outcomes = fetchers.all(tasks, outcome -> outcome.undo(undo));
    List<T> made = new ArrayList<>(sources.size());
    List<LiveShard> gone = new ArrayList<>();
    Map<LiveShard, IOException> withheld = new HashMap<>();
    for (int i = 0; i < outcomes.size(); i++) {
      Outcome<T> outcome = outcomes.get(i);
      LiveShard shard = sources.get(i).shard();
      if (outcome.made() != null) {
        made.add(outcome.made());
      } else if (outcome.failure() instanceof NoSuchFileException) {
        gone.add(shard);
      } else {
        withheld.put(shard, Objects.requireNonNull(outcome.failure()));
      }
    }
    if (made.size() < sources.size()) {
      made.forEach(undo);
      throw SelectionChanged.missing(gone, withheld);
    }
    return made;
  }

  private <T> Outcome<T> kept(Source source, Work<T> work) throws IOException {
    try {
      return new Outcome<>(work.with(source, store::openKept), null);
    } catch (NoSuchFileException e) {
      return new Outcome<>(null, e);
    } catch (Unreadable | InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return fetched(source, work);
    }
  }

  private <T> Outcome<T> fetched(Source source, Work<T> work) throws IOException {
    UnreachableException away = absence.beforeAsking();
    if (away != null) {
      return new Outcome<>(null, away);
    }
    UnreachableException silence = null;
    try {
      return new Outcome<>(work.with(source, store::openSparse), null);
    } catch (Unreadable | InterruptedIOException e) {
      throw e;
    } catch (UnreachableException e) {
      silence = e;
      return new Outcome<>(null, e);
    } catch (IOException e) {
      return new Outcome<>(null, e);
    } finally {
      absence.asked(silence);
    }
  }

  /** Has every byte of a copy fetched. */
  static void complete(SparseCopy copy) throws IOException {
    if (!copy.isWhole()) {
      copy.fetch(List.of(new ByteRange(0, copy.sizeBytes())));
    }
  }

  private SparseCopy prepared(Source source, SparseCopy copy, Needs needs) throws IOException {
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
