package io.ostraka.compact;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.ShardPath;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.catalog.Problem;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What a compactor knows of one writer, and its passes over it. Safe for threads. */
final class WriterCompaction {
  private static final int ATTEMPTS = 2;
  private static final Duration FIRST_BACK_OFF = Duration.ofMinutes(1);
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(15);

  private final MergeIntoStore store;
  private final CompactionSettings settings;
  private final Map<Stream, StreamCompaction> streams = new EnumMap<>(Stream.class);
  private final Queue<Published> published = new ConcurrentLinkedQueue<>();
  private boolean listed;

  /** How many rows each stream has in the end; null while the writer has not ended. */
  private @Nullable Map<String, Long> rows;

  private Duration backOff = FIRST_BACK_OFF;
  private OptionalLong notBefore = OptionalLong.empty();

  WriterCompaction(MergeIntoStore store, CompactionSettings settings) {
    this.store = store;
    this.settings = settings;
  }

  /** Takes in a shard; waits for no pass. */
  void published(Stream stream, SizedShard shard) {
    published.add(new Published(stream, shard));
  }

  private void takePublished() {
    for (Published next = published.poll(); next != null; next = published.poll()) {
      stream(next.stream()).published(next.shard());
    }
  }

  synchronized boolean isDue() {
    takePublished();
    long now = settings.ticks().getAsLong();
    if (!listed) {
      return true;
    }
    OptionalLong retire = nextRetire();
    if (retire.isPresent() && retire.getAsLong() - now <= 0) {
      return true;
    }
    boolean rests = notBefore.isPresent() && notBefore.getAsLong() - now > 0;
    return !rests && streams.values().stream().anyMatch(StreamCompaction::isMergeDue);
  }

  synchronized OptionalLong nextRetire() {
    return streams.values().stream()
        .map(StreamCompaction::nextRetire)
        .flatMapToLong(OptionalLong::stream)
        .min();
  }

  synchronized CompactionResult pass() throws IOException {
    List<Problem> problems = new ArrayList<>();
    CompactionResult result = CompactionResult.NOTHING;
    Optional<String> vanished = Optional.of("");
    for (int attempt = 0; attempt < ATTEMPTS && vanished.isPresent(); attempt++) {
      // The second time: somebody else merged and removed, and the listing of now has what covers
      // it.
      list(problems);
      vanished = Optional.empty();
      for (StreamCompaction stream : streams.values()) {
        Pass pass = stream.pass();
        vanished = vanished.or(pass::vanished);
        result = result.plus(pass.result());
      }
    }
    vanished.ifPresent(
        what ->
            problems.add(
                new Problem(
                    store.writer().prefix(),
                    "Shards of %s vanish while they are read (%s); they are looked at again later"
                        .formatted(store.writer().prefix(), what))));
    int waiting = streams.values().stream().mapToInt(StreamCompaction::waiting).sum();
    result = result.plus(new CompactionResult(0, 0, 0, 0, 0, waiting, problems));
    rest(result);
    return result;
  }

  private void rest(CompactionResult result) {
    if (result.problems().isEmpty()) {
      backOff = FIRST_BACK_OFF;
      notBefore = OptionalLong.empty();
    } else {
      notBefore = OptionalLong.of(settings.ticks().getAsLong() + backOff.toNanos());
      Duration longer = backOff.multipliedBy(2);
      backOff = longer.compareTo(LONGEST_BACK_OFF) < 0 ? longer : LONGEST_BACK_OFF;
    }
  }

  private void list(List<Problem> problems) throws IOException {
    published.clear(); // what was published is in the listing
    WriterKey writer = store.writer();
    Map<Stream, Map<ShardName, StoredObject>> found = new EnumMap<>(Stream.class);
    boolean ended = false;
    for (StoredObject object : store.store().list(writer.prefix()).objects()) {
      ended |= object.key().equals(writer.endKey());
      take(object, writer.prefix(), found);
    }
    if (ended && rows == null) {
      rows = readRows(problems);
    }
    for (Stream stream : Stream.values()) {
      Map<ShardName, StoredObject> shards = found.getOrDefault(stream, Map.of());
      if (!shards.isEmpty() || streams.containsKey(stream)) {
        stream(stream).listed(shards, lastRow(stream));
      }
    }
    listed = true;
  }

  private static void take(
      StoredObject object, String prefix, Map<Stream, Map<ShardName, StoredObject>> found) {
    ShardPath.parse(object.key().substring(prefix.length()))
        .ifPresent(
            path ->
                found
                    .computeIfAbsent(path.stream(), unused -> new TreeMap<>())
                    .put(path.name(), object));
  }

  private @Nullable Map<String, Long> readRows(List<Problem> problems) throws IOException {
    String key = store.writer().endKey();
    try {
      return Card.parse(store.store().read(key)).rows();
    } catch (NoSuchFileException e) {
      return null;
    } catch (ShardFormatException e) {
      problems.add(
          new Problem(
              key,
              "Cannot read %s: %s; the last merge waits for it".formatted(key, e.getMessage())));
      return null;
    }
  }

  private OptionalLong lastRow(Stream stream) {
    Long count = rows == null ? null : rows.get(stream.folder());
    return count == null || count < 1 ? OptionalLong.empty() : OptionalLong.of(count - 1);
  }

  private StreamCompaction stream(Stream stream) {
    return streams.computeIfAbsent(stream, unused -> new StreamCompaction(stream, store, settings));
  }

  private record Published(Stream stream, SizedShard shard) {}

  /**
   * A pass over one stream.
   *
   * @param vanished a listed shard that was gone, so that listing again helps
   */
  record Pass(CompactionResult result, Optional<String> vanished) {}
}
