package io.ostraka.query;

import io.ostraka.WriterKey;
import io.ostraka.catalog.LiveShard;
import io.ostraka.shard.RollupAxis;
import io.ostraka.shard.RollupLevel;
import io.ostraka.shard.RollupReader;
import io.ostraka.shard.RollupRule;
import io.ostraka.store.Fetchers;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The roll-ups of merged shards, as far as there are any: bins that need not be made of rows. Keeps
 * some of what it has read. A roll-up that is absent or cannot be read is not asked for again for a
 * while, and no problem: rows tell the same. Safe for threads.
 */
final class Rollups {
  private static final long ABSENT_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MOST_ABSENT = 100_000;

  /** A bin takes 64 bytes, so this is some 32 MB. */
  private static final long BINS_KEPT = 500_000;

  /**
   * A roll-up that is fetched is fetched whole, and takes less than so many parts of its shard: of
   * a metric that is a smaller part the rows are less.
   */
  private static final int PARTS_OF_A_SHARD = 20;

  /** What an answer takes beside its bins, counted in these. */
  private static final int ENTRY_BINS = 8;

  private final ShardStore store;
  private final Fetchers fetchers;
  private final RollupRule rule;
  private final boolean isFetched;
  private final Map<LiveShard, Long> absentSince = new ConcurrentHashMap<>();
  private final Map<Place, Kept> known = new LinkedHashMap<>(16, 0.75f, true);
  private long binsKept;

  /**
   * The roll-ups that a store has.
   *
   * @param rule by which they were made: what it leaves out is not looked for
   */
  Rollups(ShardStore store, Fetchers fetchers, RollupRule rule) {
    this.store = store;
    this.fetchers = fetchers;
    this.rule = rule;
    this.isFetched = store.requests().isPresent();
  }

  /**
   * Bins that are wanted.
   *
   * @param width the width of the answer's bins in units of the axis
   */
  record Wanted(WriterKey writer, Source source, String metric, RollupAxis axis, long width) {
    Place place() {
      return new Place(source.shard(), metric, axis, width);
    }
  }

  /** Where in a roll-up bins are, whoever wants them. */
  private record Place(LiveShard shard, String metric, RollupAxis axis, long width) {}

  /** Whether it is worth looking for that of a shard with so many points of a metric. */
  boolean mayBe(Source source, long points) {
    Long since = absentSince.get(source.shard());
    boolean isAbsent = since != null && System.nanoTime() - since < ABSENT_NANOS;
    boolean isLess = !isFetched || points >= source.shard().name().rows() / PARTS_OF_A_SHARD;
    return !isAbsent && isLess && points >= rule.leastPoints();
  }

  /**
   * The bins of some shards, of which some make one of the answer's; in the order in which they are
   * wanted, nothing where there are none.
   */
  List<Optional<RollupLevel>> find(List<Wanted> all) throws IOException {
    List<Optional<RollupLevel>> found = new ArrayList<>();
    List<Callable<Optional<RollupLevel>>> missing = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (Wanted wanted : all) {
      Kept kept = kept(wanted.place());
      if (kept == null) {
        places.add(found.size());
        missing.add(() -> read(wanted));
      }
      found.add(kept == null ? Optional.empty() : kept.level());
    }
    List<Optional<RollupLevel>> read = fetchers.all(missing, level -> {});
    for (int i = 0; i < places.size(); i++) {
      found.set(places.get(i), read.get(i));
    }
    return found;
  }

  private Optional<RollupLevel> read(Wanted wanted) {
    Source source = wanted.source();
    String key = wanted.writer().rollupKey(source.stream().folder(), source.shard().name());
    try (LocalCopy copy = store.open(key);
        RollupReader reader =
            RollupReader.open(
                copy.path(), wanted.writer(), source.stream(), source.shard().name())) {
      Optional<RollupLevel> level = reader.find(wanted.metric(), wanted.axis(), wanted.width());
      keep(wanted.place(), level);
      return level;
    } catch (IOException e) {
      leaveOut(source);
      return Optional.empty();
    }
  }

  /** Leaves out the roll-up of a shard for a while, since it contradicts it. */
  void leaveOut(Source source) {
    if (absentSince.size() >= MOST_ABSENT) {
      absentSince.clear();
    }
    absentSince.put(source.shard(), System.nanoTime());
  }

  private @Nullable Kept kept(Place place) {
    synchronized (known) {
      return known.get(place);
    }
  }

  private void keep(Place place, Optional<RollupLevel> level) {
    Kept kept = new Kept(level);
    synchronized (known) {
      Kept before = known.put(place, kept);
      binsKept += kept.weight() - (before == null ? 0 : before.weight());
      Iterator<Kept> eldest = known.values().iterator();
      while (binsKept > BINS_KEPT && eldest.hasNext()) {
        binsKept -= eldest.next().weight();
        eldest.remove();
      }
    }
  }

  /** What a roll-up has of what was wanted. */
  private record Kept(Optional<RollupLevel> level) {
    int weight() {
      return ENTRY_BINS + level.map(RollupLevel::size).orElse(0);
    }
  }
}
