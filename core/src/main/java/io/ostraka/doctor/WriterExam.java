package io.ostraka.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.card.MetricSummary;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.WriterStates;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Examines one writer as one listing has it. */
final class WriterExam {
  private static final String CARD = "writer.json";
  private static final String END = "end.json";
  private static final String FILES = "files";
  private static final int SHOWN = 3;

  private final Tools tools;
  private final WriterKey writer;
  private final Map<String, StoredObject> cards = new TreeMap<>();
  private final Map<Stream, Map<ShardName, StoredObject>> shards = new EnumMap<>(Stream.class);
  private final Map<String, Integer> unknownStreams = new TreeMap<>();
  private final List<StoredObject> files = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private Instant lastActivity = Instant.EPOCH;
  private long rows;
  private @Nullable Card card;

  /** An examination of what a listing of the writer's prefix shows. */
  WriterExam(Tools tools, WriterKey writer, List<StoredObject> objects) {
    this.tools = tools;
    this.writer = writer;
    objects.forEach(this::sort);
  }

  /**
   * Reads everything and compares it.
   *
   * @throws VanishedException if an object is gone since it was listed
   */
  List<Finding> examine() throws IOException {
    Optional<Card> running = card(CARD);
    Optional<Card> end = card(END);
    card = end.or(() -> running).orElse(null);
    boolean ended = reportState(end);
    unknownStreams.forEach(
        (folder, count) ->
            findings.add(
                new Finding(
                    Check.UNKNOWN_STREAM,
                    writer.streamPrefix(folder),
                    count == 1 ? "1 shard" : count + " shards")));
    examineStreams(end, ended);
    BlobExam blobs = new BlobExam(tools);
    tools.inParallel(files, blobs::examine);
    findings.addAll(blobs.findings());
    return findings;
  }

  WriterKey writer() {
    return writer;
  }

  /** Its last card, if it has one that can be read. */
  Optional<Card> card() {
    return Optional.ofNullable(card);
  }

  int shardCount() {
    return shards.values().stream().mapToInt(Map::size).sum();
  }

  long rows() {
    return rows;
  }

  private void sort(StoredObject object) {
    String rest = object.key().substring(writer.prefix().length());
    if (object.modified().isAfter(lastActivity)) {
      lastActivity = object.modified();
    }
    int slash = rest.indexOf('/');
    if (slash < 0) {
      if (rest.equals(CARD) || rest.equals(END)) {
        cards.put(rest, object);
      } else {
        sortForeign(object, rest);
      }
      return;
    }
    String folder = rest.substring(0, slash);
    String file = rest.substring(slash + 1);
    if (folder.equals(FILES)) {
      files.add(object);
    } else if (folder.startsWith("_")) {
      return; // Derived.
    } else {
      sortShard(object, folder, file);
    }
  }

  private void sortShard(StoredObject object, String folder, String file) {
    Optional<ShardName> name = ShardName.parse(file);
    Optional<Stream> stream = Stream.byFolder(folder);
    if (name.isPresent() && stream.isPresent()) {
      shards.computeIfAbsent(stream.get(), unused -> new TreeMap<>()).put(name.get(), object);
    } else if (name.isPresent()) {
      unknownStreams.merge(folder, 1, Integer::sum);
    } else if (stream.isPresent() && file.endsWith(".parquet")) {
      findings.add(new Finding(Check.NO_SHARD_NAME, object.key(), "named " + file));
    } else {
      sortForeign(object, file);
    }
  }

  private void sortForeign(StoredObject object, String name) {
    if (!name.startsWith("_")) {
      findings.add(
          new Finding(Check.FOREIGN_FILE, object.key(), "%,d bytes".formatted(object.sizeBytes())));
    }
  }

  private Optional<Card> card(String name) throws IOException {
    StoredObject object = cards.get(name);
    if (object == null) {
      return Optional.empty();
    }
    try {
      Card read = Card.parse(tools.store().read(object.key()));
      compare(read, object.key());
      return Optional.of(read);
    } catch (ShardFormatException e) {
      Check check = e.isNewer() ? Check.CARD_NEWER : Check.CARD_DAMAGED;
      findings.add(new Finding(check, object.key(), String.valueOf(e.getMessage())));
    } catch (NoSuchFileException e) {
      throw new VanishedException(object.key(), e);
    } catch (IOException e) {
      findings.add(new Finding(Check.UNREADABLE, object.key(), String.valueOf(e.getMessage())));
    } finally {
      tools.read(object);
    }
    return Optional.empty();
  }

  private void compare(Card read, String key) {
    ObjectNode json = read.json();
    compare(json, "writer", writer.writer().text(), Check.CARD_CONTRADICTS, key);
    compare(json, "project", writer.run().project(), Check.CARD_MOVED, key);
    compare(json, "run", writer.run().run(), Check.CARD_MOVED, key);
    if (json.path("rank").isIntegralNumber() && read.rank() != writer.writer().rank()) {
      findings.add(new Finding(Check.CARD_CONTRADICTS, key, "it says rank " + json.path("rank")));
    }
  }

  private void compare(ObjectNode json, String field, String folder, Check check, String key) {
    JsonNode said = json.path(field);
    if (said.isTextual() && !said.textValue().equals(folder)) {
      findings.add(new Finding(check, key, "it says " + field + " \"" + said.textValue() + "\""));
    }
  }

  /** Whether nobody writes here any more. */
  private boolean reportState(Optional<Card> end) {
    if (cards.isEmpty()) {
      if (!shards.isEmpty() || !files.isEmpty()) {
        findings.add(
            new Finding(Check.CARD_MISSING, writer.prefix(), "no writer.json, no end.json"));
      }
      return isOld(lastActivity);
    }
    if (cards.containsKey(END)) {
      if (end.isPresent() && !end.get().json().path("rows").isObject()) {
        findings.add(
            new Finding(Check.END_WITHOUT_ROWS, writer.endKey(), "it has no field \"rows\""));
      }
      return true;
    }
    Card known = card == null ? Card.empty() : card;
    WriterState state = WriterStates.ofWriter(false, known, lastActivity, tools.now());
    boolean silent = isOld(lastActivity);
    if (silent) {
      findings.add(
          new Finding(Check.END_MISSING, writer.prefix(), "last heard of at " + lastActivity));
    }
    return silent || state == WriterState.CRASHED;
  }

  private boolean isOld(Instant time) {
    return time.plus(StreamExam.LEFT_AFTER).isBefore(tools.now());
  }

  private void examineStreams(Optional<Card> end, boolean ended) throws IOException {
    ObjectNode summaries =
        end.flatMap(card -> Optional.ofNullable(card.json().get("metrics")))
            .filter(ObjectNode.class::isInstance)
            .map(ObjectNode.class::cast)
            .orElse(Card.empty().json());
    Map<String, Long> rowsByEnd = end.map(Card::rows).orElse(Map.of());
    Set<Stream> streams = new TreeSet<>(shards.keySet());
    rowsByEnd.forEach(
        (folder, count) -> Stream.byFolder(folder).filter(s -> count > 0).ifPresent(streams::add));
    for (Stream stream : streams) {
      Long count = rowsByEnd.get(stream.folder());
      boolean isMetrics = stream == Stream.METRICS;
      StreamExam exam =
          new StreamExam(
              tools,
              writer,
              stream,
              shards.getOrDefault(stream, Map.of()),
              ended,
              count == null ? OptionalLong.empty() : OptionalLong.of(count),
              isMetrics ? names(summaries) : Set.of());
      findings.addAll(exam.examine());
      rows += exam.rows();
      if (isMetrics && exam.isComplete()) {
        compareSummaries(summaries, exam.summaries());
      }
    }
  }

  private static Set<String> names(ObjectNode summaries) {
    Set<String> names = new HashSet<>();
    summaries.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private void compareSummaries(ObjectNode said, Map<String, MetricSummary> found) {
    List<String> different = new ArrayList<>();
    said.properties()
        .forEach(
            entry -> {
              MetricSummary rowsOf = found.get(entry.getKey());
              if (rowsOf == null || !rowsOf.agreesWith(entry.getValue())) {
                different.add(entry.getKey());
              }
            });
    if (!different.isEmpty()) {
      String shown = String.join(", ", different.subList(0, Math.min(SHOWN, different.size())));
      findings.add(
          new Finding(
              Check.SUMMARY_DIFFERS,
              writer.endKey(),
              different.size() > SHOWN
                  ? "of %d metrics: %s, …".formatted(different.size(), shown)
                  : "of " + shown));
    }
  }

  /** The writers that it continues and that are not among those of its run. */
  List<Finding> supersedingNothing(Set<WriterId> there) {
    return card().map(Card::supersedes).orElse(List.of()).stream()
        .filter(older -> !there.contains(older))
        .map(older -> new Finding(Check.SUPERSEDES_NOTHING, writer.prefix(), older.text()))
        .toList();
  }
}
