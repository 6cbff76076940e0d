package io.ostraka.sim;

import io.ostraka.ShardName;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.Listing;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The root as one process sees it: calls fail before or after they are done or land when nobody
 * waits for them any more, the process may stop in any of them, and others act in their midst.
 */
final class SimStore extends FlakyShardStore {
  private final SimWorld world;
  private final FileFaults process;
  private final Aside aside;
  private final Map<String, Long> opened = new HashMap<>();
  private final boolean compacts;
  private boolean stopsWhenDone;

  /** What others may do meanwhile. */
  interface Aside {
    void happen() throws IOException;
  }

  /**
   * The root.
   *
   * @param compacts whether what is put late may also be cut short: of a merged shard the sources
   *     are there still
   */
  SimStore(SimWorld world, FaultyFileSystem files, Aside aside, boolean compacts) {
    super(world.root(files));
    this.compacts = compacts;
    this.world = world;
    this.process = files.faults();
    this.aside = aside;
  }

  @Override
  protected synchronized Moment begin(String what) {
    process.look(what);
    meanwhile();
    world.pass(Duration.ofMillis(1));
    if (!world.mounted && isWrite(what)) {
      throw new AssertionError("written below the mount point of a root that is away: " + what);
    }
    if (world.chance(world.active().stop() / 20)) {
      process.stop();
      throw new ProcessStopped(what);
    }
    stopsWhenDone = world.chance(world.active().stop() / 20);
    if (!world.chance(world.active().store())) {
      return Moment.NEVER;
    }
    return world.random.nextBoolean() ? Moment.BEFORE : Moment.AFTER;
  }

  @Override
  protected void done(String what) {
    if (isWrite(what)) {
      world.note(what);
    } else if (what.startsWith("open ")) {
      opened.putIfAbsent(what.substring("open ".length()), world.ticks.get());
    }
    meanwhile();
    if (stopsWhenDone) {
      process.stop();
      throw new ProcessStopped("the end of " + what);
    }
  }

  private void meanwhile() {
    try {
      aside.happen();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isWrite(String what) {
    return what.startsWith("publish ")
        || what.startsWith("create ")
        || what.startsWith("replace ")
        || what.startsWith("prepare ");
  }

  private boolean isLate() {
    return world.mounted && world.chance(world.active().store() / 2);
  }

  private static IOException givenUp(String key) {
    return new IOException("Cannot write " + key + ": given up, and lands later");
  }

  @Override
  public boolean isPrepared(String prefix) throws IOException {
    return super.isPrepared(prefix) && world.mounted;
  }

  /** What comes or goes while the listing is made may be in it or not. */
  @Override
  public Listing list(String prefix) throws IOException {
    Listing before = super.list(prefix);
    meanwhile();
    Map<String, StoredObject> listed = new TreeMap<>();
    before.objects().forEach(object -> listed.put(object.key(), object));
    Set<String> now = new HashSet<>();
    for (StoredObject object : world.root().list(prefix).objects()) {
      now.add(object.key());
      if (!object.equals(listed.get(object.key())) && world.random.nextBoolean()) {
        listed.put(object.key(), object);
      }
    }
    listed.keySet().removeIf(key -> !now.contains(key) && world.random.nextBoolean());
    return new Listing(List.copyOf(listed.values()), before.listedAt());
  }

  @Override
  public void publish(String key, Path sealed) throws IOException {
    if (isLate()) {
      byte[] bytes = Files.readAllBytes(sealed);
      boolean cut = compacts && world.random.nextBoolean();
      world.later(() -> world.create(key, bytes, cut));
      throw givenUp(key);
    }
    super.publish(key, sealed);
  }

  @Override
  public void create(String key, byte[] bytes) throws IOException {
    if (isLate()) {
      world.later(() -> world.create(key, bytes, false));
      throw givenUp(key);
    }
    super.create(key, bytes);
  }

  @Override
  public void replace(String key, byte[] bytes) throws IOException {
    if (isLate()) {
      world.later(() -> world.root().replace(key, bytes));
      throw givenUp(key);
    }
    super.replace(key, bytes);
  }

  @Override
  public void delete(String key) throws IOException {
    checkRetired(key);
    if (isLate()) {
      world.later(() -> world.root().delete(key));
      throw givenUp(key);
    }
    super.delete(key);
  }

  /** A shard goes only once what covers it was read from the store, and readers had their time. */
  private void checkRetired(String key) throws IOException {
    int name = key.lastIndexOf('/') + 1;
    Optional<ShardName> retired = ShardName.parse(key.substring(name));
    if (retired.isEmpty() || key.contains("/_rollups/")) {
      return; // What is derived may go at any time.
    }
    long before = world.ticks.get() - Duration.ofMinutes(15).toNanos();
    String folder = key.substring(0, name);
    boolean rested =
        opened.entrySet().stream()
            .anyMatch(e -> e.getValue() <= before && covers(e.getKey(), folder, retired.get()));
    boolean covered =
        world.root().list(folder).objects().stream()
            .map(StoredObject::key)
            .anyMatch(other -> !world.damaged(other) && covers(other, folder, retired.get()));
    if (!rested || !covered) {
      throw new AssertionError("retired before its time, or without what covers it: " + key);
    }
    world.note("retire " + key);
  }

  private static boolean covers(String key, String folder, ShardName name) {
    return key.startsWith(folder)
        && ShardName.parse(key.substring(folder.length()))
            .filter(other -> other.covers(name) && !other.equals(name))
            .isPresent();
  }
}
