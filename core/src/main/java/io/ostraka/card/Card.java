package io.ostraka.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardFormatException;
import io.ostraka.WriterId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * A card: {@code writer.json}, {@code end.json} or {@code meta.json} as a value.
 *
 * <p>Immutable and safe for threads. Fields that this version does not know are kept. A typed
 * reader takes a field that is absent, null or of another type as absent, since a card is other
 * people's input and one odd field should not hide a run.
 */
public final class Card {
  /** The format that this version writes, and the newest that it reads. */
  public static final int FORMAT = 1;

  /** The heartbeat interval of a card that names none, in seconds. */
  public static final double DEFAULT_HEARTBEAT_SECONDS = 10;

  private static final Set<String> MERGED_BY_KEY = Set.of("config", "summary");

  private final ObjectNode json;

  private Card(ObjectNode json) {
    this.json = json;
  }

  /**
   * Reads a card.
   *
   * @throws ShardFormatException if the bytes are not one JSON object, if a key is there twice, or
   *     if the card's format is newer than {@link #FORMAT}. The message does not know the file; its
   *     reader puts it in front.
   */
  public static Card parse(byte[] bytes) throws ShardFormatException {
    Card card = new Card(StrictJson.parse(bytes));
    card.checkFormat();
    return card;
  }

  /** A card with these fields, which are copied; non-finite numbers become texts. */
  public static Card of(ObjectNode json) {
    return new Card(StrictJson.copy(json));
  }

  /**
   * A card of these fields, which are not copied and must not be changed any more.
   *
   * @param json what other cards are made of: it holds no number that JSON has no text for
   */
  public static Card ofOwn(ObjectNode json) {
    return new Card(json);
  }

  /** A card without any field. */
  public static Card empty() {
    return new Card(StrictJson.object());
  }

  /** The card as strict JSON in UTF-8, on one line, with a line end. */
  public byte[] bytes() {
    return StrictJson.format(json);
  }

  /** A copy of all fields. */
  public ObjectNode json() {
    return json.deepCopy();
  }

  /**
   * A new object with all fields but some, whose values are the card's own and must not be changed.
   */
  public ObjectNode fieldsWithout(Set<String> names) {
    ObjectNode fields = StrictJson.object();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (!names.contains(field.getKey())) {
        fields.set(field.getKey(), field.getValue());
      }
    }
    return fields;
  }

  /**
   * This card after a change: a key of the change replaces the card's, null removes it, and {@code
   * config} and {@code summary} are merged key by key in the same way.
   */
  public Card merge(ObjectNode change) {
    ObjectNode merged = json.deepCopy();
    for (Map.Entry<String, JsonNode> field : StrictJson.copy(change).properties()) {
      boolean byKey = MERGED_BY_KEY.contains(field.getKey()) && field.getValue().isObject();
      if (byKey) {
        ObjectNode inner =
            merged.get(field.getKey()) instanceof ObjectNode object
                ? object
                : merged.putObject(field.getKey());
        field.getValue().properties().forEach(e -> replaceOrRemove(inner, e));
      } else {
        replaceOrRemove(merged, field);
      }
    }
    return new Card(merged);
  }

  /** The version of the card's format; 1 where it does not say. */
  public int format() {
    return json.path("format").asInt(1);
  }

  /** The place of the writer among the processes of the run, from 0. */
  public int rank() {
    return Math.max(0, json.path("rank").asInt(0));
  }

  /** How many processes log to the run, at least 1. */
  public int worldSize() {
    return Math.max(1, json.path("world_size").asInt(1));
  }

  /** When the writer started, by its own clock. */
  public Optional<Instant> startedAt() {
    return time("started_at");
  }

  /** When the card was last renewed, by the drainer's clock; ages are told by the store's. */
  public Optional<Instant> heartbeatAt() {
    return time("heartbeat_at");
  }

  /** When the writer ended. */
  public Optional<Instant> finishedAt() {
    return time("finished_at");
  }

  /** When a person deleted the run (of {@code meta.json}). */
  public Optional<Instant> deletedAt() {
    return time("deleted_at");
  }

  /** How often the writer is heard of at least, in seconds; positive. */
  public double heartbeatSeconds() {
    double seconds = json.path("heartbeat_seconds").asDouble(DEFAULT_HEARTBEAT_SECONDS);
    return seconds > 0 && seconds <= 1e9 ? seconds : DEFAULT_HEARTBEAT_SECONDS;
  }

  /** What the writer says of itself: {@code running} where it says nothing. */
  public String state() {
    return text("state").orElse("running");
  }

  /** A copy of what the run was configured with, empty if with nothing. */
  public ObjectNode config() {
    return object("config");
  }

  /** A copy of what the user set as the outcome, empty if nothing. */
  public ObjectNode summary() {
    return object("summary");
  }

  /** The tags, without doubles, in the order of the card. */
  public List<String> tags() {
    return texts("tags");
  }

  /** The run's name for people. */
  public Optional<String> name() {
    return text("name");
  }

  /** The group that the run belongs to. */
  public Optional<String> group() {
    return text("group");
  }

  /** The kind of work, for example {@code train}. */
  public Optional<String> jobType() {
    return text("job_type");
  }

  /** The machine that the writer runs on. */
  public Optional<String> host() {
    return text("host");
  }

  /** Why it failed, as one line for a person. */
  public Optional<String> failure() {
    return text("failure");
  }

  /** A person's notes (of {@code meta.json}). */
  public Optional<String> notes() {
    return text("notes");
  }

  /** The run that this one was forked from. */
  public Optional<String> forkRun() {
    return text("fork_run");
  }

  /** The step of the fork. */
  public OptionalLong forkStep() {
    return integer("fork_step");
  }

  /** The step from which this writer's points replace those of the writers that it supersedes. */
  public OptionalLong resumeStep() {
    return integer("resume_step");
  }

  /** The writers that this one continues; texts that are no writer ids are left out. */
  public List<WriterId> supersedes() {
    return texts("supersedes").stream().filter(WriterId::isWriterId).map(WriterId::new).toList();
  }

  /** The writer of the process that this writer's process was forked from. */
  public Optional<WriterId> parentWriter() {
    return text("parent_writer").filter(WriterId::isWriterId).map(WriterId::new);
  }

  /** How many points were not accepted; where they are counted by kind, all of them. */
  public long dropped() {
    JsonNode dropped = json.path("dropped");
    if (!dropped.isObject()) {
      return dropped.asLong(0);
    }
    long sum = 0;
    for (JsonNode count : dropped) {
      sum += count.asLong(0);
    }
    return sum;
  }

  /**
   * The greatest step of the writer's points, if it has any; of {@code end.json}, and not of those
   * that an earlier version wrote.
   */
  public OptionalLong lastStep() {
    return integer("last_step");
  }

  /** How many rows each stream holds, by the stream's name; of {@code end.json}, else empty. */
  public Map<String, Long> rows() {
    Map<String, Long> rows = new TreeMap<>();
    object("rows").properties().forEach(e -> rows.put(e.getKey(), e.getValue().asLong(0)));
    return rows;
  }

  /**
   * A copy of each metric's numbers by its name; of {@code end.json}, and nothing where a card has
   * none.
   */
  public Optional<ObjectNode> metrics() {
    return json.get("metrics") instanceof ObjectNode metrics
        ? Optional.of(metrics.deepCopy())
        : Optional.empty();
  }

  /** Whether there are {@link #metrics}. */
  public boolean hasMetrics() {
    return json.get("metrics") instanceof ObjectNode;
  }

  private void checkFormat() throws ShardFormatException {
    JsonNode format = json.path("format");
    if (format.isMissingNode()) {
      return;
    }
    if (!format.isIntegralNumber() || format.asLong() < 1) {
      throw new ShardFormatException(
          "the card's format is " + format + ", expected a whole number from 1");
    }
    if (format.asLong() > FORMAT) {
      throw ShardFormatException.newer(
          "format " + format + ", this build reads 1 to " + FORMAT + "; upgrade ostraka");
    }
  }

  private Optional<String> text(String field) {
    JsonNode value = json.path(field);
    return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
  }

  private OptionalLong integer(String field) {
    JsonNode value = json.path(field);
    return value.canConvertToLong() ? OptionalLong.of(value.longValue()) : OptionalLong.empty();
  }

  private Optional<Instant> time(String field) {
    return text(field).flatMap(CardTime::parse);
  }

  private ObjectNode object(String field) {
    return json.get(field) instanceof ObjectNode object ? object.deepCopy() : StrictJson.object();
  }

  private List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    for (JsonNode value : json.path(field)) {
      if (value.isTextual()) {
        texts.add(value.textValue());
      }
    }
    return texts.stream().distinct().toList();
  }

  private static void replaceOrRemove(ObjectNode target, Map.Entry<String, JsonNode> field) {
    if (field.getValue().isNull()) {
      target.remove(field.getKey());
    } else {
      target.set(field.getKey(), field.getValue());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Card card && card.json.equals(json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return "Card" + json;
  }
}
