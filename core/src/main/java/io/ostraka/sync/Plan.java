package io.ostraka.sync;

import io.ostraka.ShardName;
import io.ostraka.store.StoredObject;
import io.ostraka.sync.SyncTask.Kind;
import io.ostraka.sync.SyncTask.Shard;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/** What a round has to look at, by what two listings say. */
final class Plan {
  private final Map<Kind, List<SyncTask>> tasks = new EnumMap<>(Kind.class);
  private final Known known;
  private final SyncSettings settings;
  private int present;
  private boolean endsWait;

  private Plan(Known known, SyncSettings settings) {
    this.known = known;
    this.settings = settings;
    for (Kind kind : Kind.values()) {
      tasks.put(kind, new ArrayList<>());
    }
  }

  static Plan of(RootFiles source, RootFiles target, Known known, SyncSettings settings) {
    Plan plan = new Plan(known, settings);
    for (RunFiles run : source.runs().values()) {
      if (!known.hidden.contains(run.key())) {
        RunFiles there = target.run(run.key());
        run.writers().forEach((id, writer) -> plan.add(writer, there.writer(id)));
      }
    }
    return plan;
  }

  /** What to do of one kind, in the order of keys, which is that of rows. */
  List<SyncTask> tasks(Kind kind) {
    return tasks.getOrDefault(kind, List.of());
  }

  /** How many objects are there already. */
  int present() {
    return present;
  }

  /** Whether there are last cards that wait for the next round. */
  boolean endsWait() {
    return endsWait;
  }

  private void add(WriterFiles source, WriterFiles target) {
    source.card().ifPresent(card -> addCard(card, source, target));
    source
        .blobs()
        .forEach(
            (key, blob) -> {
              Optional<StoredObject> there = Optional.ofNullable(target.blobs().get(key));
              add(
                  new SyncTask(
                      Kind.BLOB, source.key(), blob, there, Optional.empty(), Optional.empty()));
            });
    for (String stream : source.streams().keySet()) {
      NavigableSet<ShardName> there =
          new TreeSet<>(target.live(stream, shard -> !known.unsound.contains(shard)));
      for (ShardName name : source.live(stream, shard -> !known.damaged.contains(shard))) {
        addShard(source, target, stream, name, coverOf(name, there));
      }
    }
    source.end().ifPresent(end -> addEnd(end, source, target));
  }

  private void addCard(StoredObject card, WriterFiles source, WriterFiles target) {
    boolean isOver = source.end().isPresent() && target.end().isPresent();
    if (known.settledCards.contains(card) || (isOver && target.card().isPresent())) {
      present++; // Beside a last card nobody reads this one.
    } else if (!known.damaged.contains(card)) {
      tasks(Kind.CARD).add(SyncTask.ofCard(Kind.CARD, source.key(), card, target.card()));
    }
  }

  /** The live shard that holds all rows of a name: of those that begin before it the last. */
  private static Optional<ShardName> coverOf(ShardName name, NavigableSet<ShardName> live) {
    return Optional.ofNullable(live.floor(new ShardName(name.first(), name.first())))
        .filter(other -> other.covers(name));
  }

  private void addShard(
      WriterFiles source,
      WriterFiles target,
      String stream,
      ShardName name,
      Optional<ShardName> cover) {
    Map<ShardName, StoredObject> there = target.stream(stream);
    add(
        new SyncTask(
            stream.equals(RootFiles.SMALL_BLOBS) ? Kind.BLOB : Kind.SHARD,
            source.key(),
            Objects.requireNonNull(source.stream(stream).get(name)),
            Optional.ofNullable(there.get(name)),
            Optional.of(new Shard(stream, name)),
            there.containsKey(name) ? Optional.empty() : cover.map(there::get)));
  }

  private void addEnd(StoredObject end, WriterFiles source, WriterFiles target) {
    if (target.end().isEmpty() && !known.ends.contains(end.key()) && !settings.dryRun()) {
      endsWait = true;
    } else {
      add(SyncTask.ofCard(Kind.END, source.key(), end, target.end()));
    }
  }

  private void add(SyncTask task) {
    if (known.damaged.contains(task.source())) {
      return;
    }
    boolean isThere =
        task.target()
                .filter(
                    there ->
                        known.sound.contains(there)
                            || (!settings.verify()
                                && there.sizeBytes() == task.source().sizeBytes()))
                .isPresent()
            || task.cover().filter(known.sound::contains).isPresent();
    if (isThere) {
      present++;
    } else {
      tasks(task.kind()).add(task);
    }
  }
}
