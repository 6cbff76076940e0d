package io.ostraka.sync;

import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.catalog.LiveRule;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.edit.DeletedRun;
import io.ostraka.edit.RunPurge;
import io.ostraka.edit.RunPurge.When;
import io.ostraka.shard.ShardReader;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Removes at the target what it needs no more, and nothing else:
 *
 * <ul>
 *   <li>a shard whose rows are all in a live one of the target that has been there for {@link
 *       CompactionSettings#RETIRE_AFTER} by the store's own times and has each of its rows, and
 *       which the source does not need either;
 *   <li>a run that the source has no more and that is deleted at the target, once that is so long
 *       ago that a purge there would remove it. A run that merely is not at the source stays: it
 *       may have come from elsewhere.
 * </ul>
 */
final class Cleaner {
  private final ShardStore target;
  private final SyncSettings settings;
  private final Known known;
  private final Tally tally;
  private final RunPurge purge;

  Cleaner(ShardStore target, SyncSettings settings, Known known, Tally tally) {
    this.target = target;
    this.settings = settings;
    this.known = known;
    this.tally = tally;
    this.purge = new RunPurge(target, settings.clock());
  }

  /** A shard that another one covers. */
  private record Covered(
      WriterKey writer, Stream stream, StoredObject shard, ShardName by, StoredObject cover) {}

  /** Removes covered shards of the runs that both sides have. */
  void retire(RootFiles source, RootFiles there, Crew crew)
      throws IOException, InterruptedException {
    List<Covered> covered = new ArrayList<>();
    for (RunFiles run : there.runs().values()) {
      if (source.runs().containsKey(run.key())) {
        for (WriterFiles writer : run.writers().values()) {
          WriterFiles mine = source.run(run.key()).writer(writer.key().writer());
          for (Stream stream : Stream.values()) {
            collect(mine, writer, stream, there, covered);
          }
        }
      }
    }
    crew.run(covered, this::remove);
  }

  private void collect(
      WriterFiles source,
      WriterFiles there,
      Stream stream,
      RootFiles listing,
      Collection<Covered> covered) {
    SortedMap<ShardName, StoredObject> shards = there.stream(stream.folder());
    LiveRule rule =
        LiveRule.of(
            shards.entrySet().stream()
                .filter(shard -> !known.unsound.contains(shard.getValue()))
                .map(Map.Entry::getKey)
                .toList());
    Collection<ShardName> needed =
        source.live(stream.folder(), shard -> !known.damaged.contains(shard));
    for (ShardName name : rule.covered()) {
      ShardName by =
          rule.live().stream().filter(live -> live.covers(name)).findFirst().orElseThrow();
      StoredObject cover = Objects.requireNonNull(shards.get(by));
      Duration age = Duration.between(cover.modified(), listing.listedAt());
      if (!needed.contains(name) && age.compareTo(CompactionSettings.RETIRE_AFTER) >= 0) {
        StoredObject shard = Objects.requireNonNull(shards.get(name));
        covered.add(new Covered(there.key(), stream, shard, by, cover));
      }
    }
  }

  private void remove(Covered covered) throws IOException {
    if (isWhole(covered)) {
      if (!settings.dryRun()) {
        target.delete(covered.shard().key());
      }
      tally.removed();
    }
  }

  private boolean isWhole(Covered covered) throws IOException {
    StoredObject cover = covered.cover();
    if (known.whole.contains(cover)) {
      return true;
    }
    if (known.unsound.contains(cover)) {
      return false;
    }
    try (LocalCopy copy = target.openAnew(cover.key());
        ShardReader reader = ShardReader.open(copy.path(), cover.key())) {
      reader.footer().check(covered.writer(), covered.stream(), covered.by());
      reader.checkRows(covered.by());
      known.whole.add(cover);
      return true;
    } catch (ShardFormatException e) {
      known.unsound.add(cover);
      return false;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Removes runs that the source has no more and that are deleted at the target.
   *
   * @return those that stay
   */
  List<RunKey> purge(List<RunKey> extra) throws IOException {
    List<RunKey> staying = new ArrayList<>();
    for (RunKey run : extra) {
      Optional<DeletedRun> deleted = purge.deleted(run);
      boolean isDue =
          deleted.isPresent()
              && (deleted.get().purging()
                  || !settings.clock().instant().isBefore(deleted.get().purgeableAt()));
      if (isDue) {
        int objects = deleted.get().objects();
        tally.removedRun(settings.dryRun() ? objects : purge.purge(run, When.DUE).objects());
      } else {
        staying.add(run);
      }
    }
    return staying;
  }
}
