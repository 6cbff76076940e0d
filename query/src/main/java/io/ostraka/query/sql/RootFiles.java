package io.ostraka.query.sql;

import io.ostraka.ShardFormatException;
import io.ostraka.Stream;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.LiveShard;
import io.ostraka.shard.ShardFooter;
import io.ostraka.store.Fetchers;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * The shards of a root as files whose paths say project, run and writer: those of a folder as they
 * lie, those of a bucket as links to local copies, which are held open for as long as they are
 * linked.
 */
final class RootFiles implements AutoCloseable {
  private final ShardStore store;
  private final Path folder;
  private final boolean isLinked;
  private final Fetchers fetchers;
  private final Map<String, LocalCopy> linked = new TreeMap<>();

  /** A shard that is to be read. */
  record Wanted(Stream stream, LiveShard shard) {
    String key() {
      return shard.key();
    }
  }

  /** A shard that cannot be read. */
  static final class DamagedShard extends IOException {
    private static final long serialVersionUID = 1;

    private final transient LiveShard shard;

    DamagedShard(LiveShard shard, ShardFormatException cause) {
      super(cause.getMessage(), cause);
      this.shard = shard;
    }

    LiveShard shard() {
      return shard;
    }
  }

  private RootFiles(ShardStore store, Path folder, boolean isLinked) {
    this.store = store;
    this.folder = folder;
    this.isLinked = isLinked;
    this.fetchers = isLinked ? Fetchers.many() : Fetchers.none();
  }

  static RootFiles of(ShardStore store, Path temporary) throws IOException {
    if (!"file".equals(store.root().getScheme())) {
      return new RootFiles(store, Files.createTempDirectory(temporary, "ostraka-sql"), true);
    }
    Path root = Path.of(store.root()).toAbsolutePath();
    if (!root.toString().contains("=")) {
      return new RootFiles(store, root, false);
    }
    // Folders above the root such as "name=x" would be columns too, in the place of the shards'
    // own.
    Path link = Files.createTempDirectory(temporary, "ostraka-sql").resolve("root");
    Files.createSymbolicLink(link, root);
    return new RootFiles(store, link, false);
  }

  /** Who fetches, or nobody where nothing is fetched. */
  Fetchers fetchers() {
    return fetchers;
  }

  /** Whether shards are copied before they are read, so that only those asked of should be. */
  boolean areCopied() {
    return isLinked;
  }

  /**
   * The folders that the files lie below, as they are named and as they really are: DuckDB follows
   * links before it judges a path.
   */
  List<Path> folders() throws IOException {
    List<Path> folders = new ArrayList<>(List.of(folder));
    store.copies().map(Path::toAbsolutePath).ifPresent(folders::add);
    for (Path named : List.copyOf(folders)) {
      if (Files.exists(named) && !named.toRealPath().equals(named)) {
        folders.add(named.toRealPath());
      }
    }
    return folders;
  }

  /** Where a shard's file is, once it is {@link #have had}. */
  Path file(String key) {
    return folder.resolve(key);
  }

  /**
   * Has the files of shards there, and lets go of all others.
   *
   * @throws DamagedShard if the footer of one says that it is not what it should be
   * @throws NoSuchFileException if one is gone
   */
  void have(List<Wanted> shards) throws IOException {
    if (!isLinked) {
      return;
    }
    Set<String> wanted = new HashSet<>();
    shards.forEach(shard -> wanted.add(shard.key()));
    List<String> gone = linked.keySet().stream().filter(key -> !wanted.contains(key)).toList();
    for (String key : gone) {
      release(key);
    }
    List<Wanted> missing =
        shards.stream().filter(shard -> !linked.containsKey(shard.key())).toList();
    List<Callable<LocalCopy>> fetches = new ArrayList<>(missing.size());
    missing.forEach(shard -> fetches.add(() -> fetch(shard)));
    List<LocalCopy> copies = fetchers.all(fetches, LocalCopy::close);
    for (int i = 0; i < copies.size(); i++) {
      linked.put(missing.get(i).key(), copies.get(i));
    }
    try {
      for (Wanted shard : missing) {
        link(shard.key());
      }
    } catch (IOException e) {
      for (Wanted shard : missing) {
        release(shard.key());
      }
      throw e;
    }
  }

  /* Listings of such a store trust names, so each footer is looked at once, here. */
  private LocalCopy fetch(Wanted wanted) throws IOException {
    LocalCopy copy = store.open(wanted.key());
    try {
      ShardFooter footer = ShardFooter.read(copy.path(), wanted.key());
      Catalog.check(wanted.shard(), wanted.stream(), footer);
      return copy;
    } catch (ShardFormatException e) {
      copy.close();
      throw new DamagedShard(wanted.shard(), e);
    } catch (IOException | RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  private void link(String key) throws IOException {
    Path link = file(key);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Objects.requireNonNull(linked.get(key)).path());
  }

  private void release(String key) throws IOException {
    Files.deleteIfExists(file(key));
    LocalCopy copy = linked.remove(key);
    if (copy != null) {
      copy.close();
    }
  }

  @Override
  public void close() throws IOException {
    fetchers.close();
    for (String key : List.copyOf(linked.keySet())) {
      release(key);
    }
    if (isLinked) {
      try (java.util.stream.Stream<Path> below = Files.walk(folder)) {
        for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    } else if (!folder.equals(Path.of(store.root()).toAbsolutePath())) {
      Files.deleteIfExists(folder);
      Files.deleteIfExists(folder.resolveSibling(""));
    }
  }
}
