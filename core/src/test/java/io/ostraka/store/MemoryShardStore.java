package io.ostraka.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** A store that behaves as a bucket does and forgets everything: for tests. */
public final class MemoryShardStore implements ShardStore {
  private final ConcurrentSkipListMap<String, Content> objects = new ConcurrentSkipListMap<>();
  private final Clock clock;
  private final @Nullable Path copies;

  /** An empty store whose objects get their times from a clock. */
  public MemoryShardStore(Clock clock) {
    this.clock = clock;
    this.copies = null;
  }

  /**
   * An empty store that keeps the local copies of its objects, for tests that open them often.
   *
   * @param copies a folder, which the caller removes
   */
  public MemoryShardStore(Clock clock, Path copies) {
    this.clock = clock;
    this.copies = copies;
  }

  /** An empty store on this machine's clock. */
  public MemoryShardStore() {
    this(Clock.systemUTC());
  }

  @Override
  public URI root() {
    return URI.create("memory://" + Integer.toHexString(System.identityHashCode(this)));
  }

  @Override
  public Listing list(String prefix) {
    Keys.checkPrefix(prefix);
    Instant listedAt = clock.instant();
    List<StoredObject> found =
        objects.tailMap(prefix).entrySet().stream()
            .takeWhile(e -> e.getKey().startsWith(prefix))
            .map(e -> new StoredObject(e.getKey(), e.getValue().size(), e.getValue().modified()))
            .toList();
    return new Listing(found, listedAt);
  }

  @Override
  public List<String> listNames(String prefix) {
    Keys.checkPrefix(prefix);
    TreeSet<String> names = new TreeSet<>();
    for (String key : objects.tailMap(prefix).keySet()) {
      if (!key.startsWith(prefix)) {
        break;
      }
      String rest = key.substring(prefix.length());
      int slash = rest.indexOf('/');
      names.add(slash < 0 ? rest : rest.substring(0, slash));
    }
    return List.copyOf(names);
  }

  @Override
  public byte[] read(String key) throws IOException {
    return existing(key).copy();
  }

  @Override
  public LocalCopy open(String key) throws IOException {
    Content content = existing(key);
    if (copies != null) {
      return new KeptCopy(content.keptIn(copies));
    }
    byte[] bytes = content.copy();
    return new FileCopy(Files.write(Files.createTempFile("memory-store", ".object"), bytes));
  }

  @Override
  public void publish(String key, Path sealed) throws IOException {
    create(key, Files.readAllBytes(sealed));
  }

  @Override
  public void create(String key, byte[] bytes) throws IOException {
    Keys.check(key);
    if (objects.putIfAbsent(key, Content.of(bytes, clock.instant())) != null) {
      throw new FileAlreadyExistsException(key, null, "the name is taken and is never replaced");
    }
  }

  @Override
  public void replace(String key, byte[] bytes) {
    Keys.check(key);
    objects.put(key, Content.of(bytes, clock.instant()));
  }

  @Override
  public void edit(String key, CardChange change) throws IOException {
    Keys.check(key);
    while (true) {
      Content now = objects.get(key);
      Optional<byte[]> changed = change.apply(Optional.ofNullable(now).map(Content::copy));
      if (changed.isEmpty()) {
        return;
      }
      Content next = Content.of(changed.get(), clock.instant());
      boolean swapped =
          now == null ? objects.putIfAbsent(key, next) == null : objects.replace(key, now, next);
      if (swapped) {
        return;
      }
    }
  }

  @Override
  public void delete(String key) {
    Keys.check(key);
    objects.remove(key);
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
    Keys.checkPrefix(prefix);
  }

  @Override
  public void close() {}

  private Content existing(String key) throws NoSuchFileException {
    Content content = objects.get(Keys.check(key));
    if (content == null) {
      throw new NoSuchFileException(key, null, "there is no such object");
    }
    return content;
  }

  private static final class Content {
    private final byte[] bytes;
    private final Instant modified;
    private @Nullable Path kept;

    private Content(byte[] bytes, Instant modified) {
      this.bytes = bytes;
      this.modified = modified;
    }

    static Content of(byte[] bytes, Instant modified) {
      return new Content(bytes.clone(), modified);
    }

    synchronized Path keptIn(Path folder) throws IOException {
      Path file = kept;
      if (file == null) {
        file = folder.resolve(".object-" + System.identityHashCode(this) + "-" + System.nanoTime());
        Files.write(file, bytes);
        kept = file;
      }
      return file;
    }

    byte[] copy() {
      return bytes.clone();
    }

    long size() {
      return bytes.length;
    }

    Instant modified() {
      return modified;
    }
  }

  private record KeptCopy(Path path) implements LocalCopy {
    @Override
    public void close() {}
  }

  private record FileCopy(Path path) implements LocalCopy {
    @Override
    public void close() {
      path.toFile().delete();
    }
  }
}
