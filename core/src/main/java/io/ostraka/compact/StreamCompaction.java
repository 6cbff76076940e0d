package io.ostraka.compact;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.catalog.LiveRule;
import io.ostraka.catalog.Problem;
import io.ostraka.shard.UnreadableSourceException;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The shards of one stream of one writer, as far as they are known. Not safe for threads. */
final class StreamCompaction {
  private final Stream stream;
  private final MergeIntoStore store;
  private final CompactionSettings settings;

  /** Everything listed, published or merged, unreadable shards too. */
  private final Map<ShardName, SizedShard> shards = new TreeMap<>();

  /** Shards that are not what their names say, and why: they cover nothing and are left alone. */
  private final Map<ShardName, String> unreadable = new TreeMap<>();

  /** The last listing: an unreadable shard stays so for as long as it is listed as it was. */
  private Map<ShardName, StoredObject> listed = Map.of();

  /** Shards whose footer was read from the store. */
  private final Set<ShardName> checked = new HashSet<>();

  /** Shards whose rows are known to be in the store, each once. */
  private final Set<ShardName> proven = new HashSet<>();

  /** Covered shards, and since when a covering shard's footer is known to be in the store. */
  private final Map<ShardName, Long> covered = new HashMap<>();

  private OptionalLong lastRow = OptionalLong.empty();

  // Of the present pass.
  private CompactionResult result = CompactionResult.NOTHING;
  private Optional<String> vanished = Optional.empty();

  StreamCompaction(Stream stream, MergeIntoStore store, CompactionSettings settings) {
    this.stream = stream;
    this.store = store;
    this.settings = settings;
  }

  /** Takes in a listing, which shows all there is. */
  void listed(Map<ShardName, StoredObject> now, OptionalLong lastRowOfStream) {
    shards.clear();
    now.forEach((name, object) -> shards.put(name, new SizedShard(name, object.sizeBytes())));
    for (Set<ShardName> known : List.of(unreadable.keySet(), checked, proven)) {
      known.removeIf(name -> !isSame(listed.get(name), now.get(name)));
    }
    listed = now;
    lastRow = lastRowOfStream;
  }

  /** Whether a shard is still what it was; one that was not listed before came since. */
  private static boolean isSame(@Nullable StoredObject before, @Nullable StoredObject now) {
    return now != null && (before == null || before.equals(now));
  }

  void published(SizedShard shard) {
    shards.put(shard.name(), shard);
  }

  boolean isMergeDue() {
    return nextMerge().isPresent();
  }

  OptionalLong nextRetire() {
    return covered.values().stream()
        .mapToLong(since -> since + settings.retireAfter().toNanos())
        .min();
  }

  /** How many covered shards wait to be removed. */
  int waiting() {
    return covered.size();
  }

  WriterCompaction.Pass pass() {
    result = CompactionResult.NOTHING;
    vanished = Optional.empty();
    try {
      noteCovered();
      Optional<Merge> merge = nextMerge();
      while (merge.isPresent() && merge(merge.get())) {
        noteCovered();
        merge = nextMerge();
      }
      retire();
    } catch (NoSuchFileException e) {
      vanished = Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      problem(store.writer().streamPrefix(stream.folder()), reason(e));
    }
    unreadable.forEach((name, why) -> problem(store.key(stream, name), why));
    return new WriterCompaction.Pass(result, vanished);
  }

  private Collection<SizedShard> readable() {
    List<SizedShard> readable = new ArrayList<>(shards.values());
    readable.removeIf(shard -> unreadable.containsKey(shard.name()));
    return readable;
  }

  private Optional<Merge> nextMerge() {
    return MergePolicy.next(readable(), lastRow, shards::containsKey);
  }

  /**
   * Notes which shards are covered by one whose footer is in the store. Shards that cover others,
   * or overlap with them, are the ones on which it depends what is live, so they are looked into.
   */
  private void noteCovered() throws IOException {
    LiveRule rule = LiveRule.of(names());
    while (leaveOutUnreadable(rule)) {
      rule = LiveRule.of(names());
    }
    long now = settings.ticks().getAsLong();
    covered.keySet().retainAll(rule.covered());
    for (ShardName name : rule.covered()) {
      covered.putIfAbsent(name, now);
    }
  }

  private Set<ShardName> names() {
    Set<ShardName> names = new TreeSet<>();
    readable().forEach(shard -> names.add(shard.name()));
    return names;
  }

  /** Whether there were any, so that the rule has to be applied again. */
  private boolean leaveOutUnreadable(LiveRule rule) throws IOException {
    Set<ShardName> suspects = new TreeSet<>();
    rule.covered().forEach(name -> suspects.add(coverOf(name, rule)));
    for (LiveRule.Overlap overlap : rule.overlaps()) {
      suspects.add(overlap.earlier());
      suspects.add(overlap.later());
    }
    boolean any = false;
    for (ShardName name : suspects) {
      any |= !checked.contains(name) && !isReadable(name);
    }
    return any;
  }

  private boolean isReadable(ShardName name) throws IOException {
    try {
      store.checkFooter(stream, name);
      checked.add(name);
      return true;
    } catch (ShardFormatException e) {
      leaveOut(name, e);
      return false;
    }
  }

  private void leaveOut(ShardName name, IOException why) {
    unreadable.put(name, reason(why));
    checked.remove(name);
    proven.remove(name);
  }

  /** The live shard that holds all rows of a covered one. */
  private static ShardName coverOf(ShardName name, LiveRule rule) {
    return rule.live().stream().filter(live -> live.covers(name)).findFirst().orElseThrow();
  }

  /** Makes a merge; false if this pass is not to make another one. */
  private boolean merge(Merge merge) throws IOException {
    try {
      MergeIntoStore.Merged merged = store.merge(stream, merge);
      shards.put(merge.target(), new SizedShard(merge.target(), merged.sizeBytes()));
      checked.add(merge.target());
      if (merged.own()) {
        proven.add(merge.target());
      }
      result =
          result.plus(
              new CompactionResult(
                  1,
                  merge.sources().size(),
                  merge.sourceBytes(),
                  merged.sizeBytes(),
                  0,
                  0,
                  List.of()));
      return true;
    } catch (UnreadableSourceException e) {
      if (!shards.containsKey(e.source())) {
        return failed(merge, e); // a file of this merge's own that its disk has not kept
      }
      leaveOut(e.source(), e);
      return true; // what lies apart from it is merged all the same
    } catch (ShardFormatException e) {
      shards.put(merge.target(), new SizedShard(merge.target(), 0));
      leaveOut(merge.target(), e);
      return false; // a store that does not keep what it is given is given no more for now
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return failed(merge, e);
    }
  }

  private boolean failed(Merge merge, IOException e) {
    problem(
        store.key(stream, merge.target()),
        "Cannot merge %d shards of %s into %s: %s; nothing has changed, and it is tried again later"
            .formatted(
                merge.sources().size(),
                store.writer().streamPrefix(stream.folder()),
                merge.target(),
                reason(e)));
    return false;
  }

  /** Removes covered shards whose time has come and whose rows are known to be in the store. */
  private void retire() throws IOException {
    long now = settings.ticks().getAsLong();
    LiveRule rule = LiveRule.of(names());
    for (ShardName name : List.copyOf(covered.keySet())) {
      long since = covered.getOrDefault(name, now);
      if (now - since < settings.retireAfter().toNanos()) {
        continue;
      }
      if (!isProven(coverOf(name, rule))) {
        noteCovered();
        return; // the sources are live again
      }
      store.store().delete(store.key(stream, name));
      store.deleteRollup(stream, name);
      covered.remove(name);
      shards.remove(name);
      result = result.plus(new CompactionResult(0, 0, 0, 0, 1, 0, List.of()));
    }
  }

  private boolean isProven(ShardName cover) throws IOException {
    if (proven.contains(cover)) {
      return true;
    }
    try {
      store.checkRows(stream, cover);
      proven.add(cover);
      return true;
    } catch (ShardFormatException e) {
      leaveOut(cover, e);
      return false;
    }
  }

  private void problem(String key, String message) {
    result =
        result.plus(new CompactionResult(0, 0, 0, 0, 0, 0, List.of(new Problem(key, message))));
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
