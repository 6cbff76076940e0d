package io.ostraka.sim;

import io.ostraka.ManualClock;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * What all processes of a simulation share: the clocks, the root, chance, and what was put late.
 */
final class SimWorld {
  final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  final AtomicLong ticks = new AtomicLong(1_000_000_000);
  final Random random;
  final Path folder;
  private final Function<Path, ShardStore> stores;
  private final List<LatePut> late = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();
  private final Set<String> damaged = new HashSet<>();
  private final Runnable healing;
  private SimFaults active;
  boolean mounted = true;
  int merges;
  int retired;

  /** Bytes that arrive after their sender has given up. */
  interface LatePut {
    void land() throws IOException;
  }

  SimWorld(long seed, Path folder, Simulation.Stores stores) {
    this.random = new Random(seed);
    this.folder = folder;
    this.active = SimFaults.of(random);
    this.healing = stores::heal;
    this.stores =
        root -> {
          try {
            return stores.open(root, clock);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        };
  }

  /** The root without any fault. */
  ShardStore root() {
    return stores.apply(folder.resolve("root"));
  }

  /** The root as a process sees it. */
  ShardStore root(FaultyFileSystem files) {
    return stores.apply(files.path(folder.resolve("root")));
  }

  /** What goes wrong now. */
  SimFaults active() {
    return active;
  }

  /** Nothing goes wrong from now on. */
  void heal() {
    active = SimFaults.none();
    healing.run();
    mounted = true;
  }

  /** Puts an object for which nobody waits, or half of it. */
  void create(String key, byte[] bytes, boolean cut) throws IOException {
    try {
      root().create(key, cut ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
      if (cut) {
        damaged.add(key);
        note("cut short: " + key);
      }
    } catch (FileAlreadyExistsException e) {
      note("late and there already: " + key);
    }
  }

  /** Whether a shard was cut short. */
  boolean damaged(String key) {
    return damaged.contains(key);
  }

  void pass(Duration time) {
    ticks.addAndGet(time.toNanos());
    clock.advance(time);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  void later(LatePut put) {
    late.add(put);
  }

  /** Has some of what was put late arrive, in any order. */
  void land(int count) throws IOException {
    for (int i = 0; i < count && !late.isEmpty(); i++) {
      late.remove(random.nextInt(late.size())).land();
    }
  }

  int late() {
    return late.size();
  }

  void note(String what) {
    if (trace.isEmpty() || !trace.get(trace.size() - 1).equals(what)) {
      trace.add(what);
    }
  }

  /** What happened so far, one thing a line. */
  List<String> trace() {
    return trace;
  }
}
