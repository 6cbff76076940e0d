package io.ostraka.query.sql;

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
import java.util.stream.Stream;

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

  private RootFiles(ShardStore store, Path folder, boolean isLinked) {
    this.store = store;
    this.folder = folder;
    this.isLinked = isLinked;
    this.fetchers = isLinked ? Fetchers.many() : Fetchers.none();
  }

  static RootFiles of(ShardStore store, Path temporary) throws IOException {
    return "file".equals(store.root().getScheme())
        ? new RootFiles(store, Path.of(store.root()), false)
        : new RootFiles(store, Files.createTempDirectory(temporary, "ostraka-sql"), true);
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
   * @throws NoSuchFileException if one is gone
   */
  void have(List<String> keys) throws IOException {
    if (!isLinked) {
      return;
    }
    Set<String> wanted = new HashSet<>(keys);
    List<String> gone = linked.keySet().stream().filter(key -> !wanted.contains(key)).toList();
    for (String key : gone) {
      release(key);
    }
    List<String> missing = keys.stream().filter(key -> !linked.containsKey(key)).toList();
    List<Callable<LocalCopy>> fetches = new ArrayList<>(missing.size());
    missing.forEach(key -> fetches.add(() -> store.open(key)));
    List<LocalCopy> copies = fetchers.all(fetches, LocalCopy::close);
    for (int i = 0; i < copies.size(); i++) {
      linked.put(missing.get(i), copies.get(i));
    }
    try {
      for (String key : missing) {
        link(key);
      }
    } catch (IOException e) {
      for (String key : missing) {
        release(key);
      }
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
      try (Stream<Path> below = Files.walk(folder)) {
        for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }
}
