package io.ostraka.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one card of a run of many writers.
 *
 * <p>The configuration is the writers' configurations, the oldest first, so that a later one has
 * the last word. Of every other field the lowest rank has the last word, and of one rank the newest
 * writer; the summary is merged key by key in that order. Times and counts are the run's: the
 * earliest start, the latest heartbeat and end, the sum of what was dropped. What says who one
 * writer is stays with the writer. A person's edits win over all.
 */
final class RunCards {
  private static final Set<String> OF_ONE_WRITER =
      Set.of("writer", "rank", "process_id", "supersedes", "parent_writer", "rows", "metrics");
  private static final Set<String> OF_THE_RUN =
      Set.of("config", "summary", "started_at", "heartbeat_at", "finished_at", "dropped", "state");
  private static final Set<String> NOT_COPIED =
      Stream.concat(OF_ONE_WRITER.stream(), OF_THE_RUN.stream())
          .collect(Collectors.toUnmodifiableSet());
  private static final Set<String> EDITABLE = Set.of("name", "notes", "tags", "deleted_at");

  private static final Comparator<WriterSnapshot> OLDEST_FIRST =
      Comparator.comparing((WriterSnapshot w) -> w.card().startedAt().orElse(Instant.EPOCH))
          .thenComparing(WriterSnapshot::key);
  private static final Comparator<WriterSnapshot> LOWEST_RANK_LAST =
      Comparator.comparing((WriterSnapshot w) -> -w.key().writer().rank())
          .thenComparing(OLDEST_FIRST);

  private RunCards() {}

  static Card merge(List<WriterSnapshot> writers, WriterState state, Optional<Card> meta) {
    ObjectNode merged = object();
    ObjectNode config = object();
    ObjectNode summary = object();
    writers.stream().sorted(OLDEST_FIRST).forEach(w -> config.setAll(w.card().config()));
    writers.stream()
        .sorted(LOWEST_RANK_LAST)
        .forEach(
            writer -> {
              merged.setAll(writer.card().fieldsWithout(NOT_COPIED));
              summary.setAll(writer.card().summary());
            });
    merged.set("config", config);
    merged.set("summary", summary);
    merged.put("dropped", writers.stream().mapToLong(w -> w.card().dropped()).sum());
    merged.put("state", state.text());
    putTimes(merged, writers, state);
    meta.ifPresent(edits -> putEdits(merged, edits.json()));
    return Card.ofOwn(merged);
  }

  private static void putTimes(ObjectNode merged, List<WriterSnapshot> writers, WriterState state) {
    writers.stream()
        .flatMap(w -> w.card().startedAt().stream())
        .min(Comparator.naturalOrder())
        .ifPresent(start -> merged.put("started_at", start.toString()));
    writers.stream()
        .flatMap(w -> w.card().heartbeatAt().stream())
        .max(Comparator.naturalOrder())
        .ifPresent(beat -> merged.put("heartbeat_at", beat.toString()));
    if (state.hasEnded()) {
      writers.stream()
          .flatMap(w -> w.card().finishedAt().stream())
          .max(Comparator.naturalOrder())
          .ifPresent(end -> merged.put("finished_at", end.toString()));
    }
  }

  private static void putEdits(ObjectNode merged, ObjectNode edits) {
    for (Map.Entry<String, JsonNode> edit : edits.properties()) {
      if (EDITABLE.contains(edit.getKey()) && !edit.getValue().isNull()) {
        merged.set(edit.getKey(), edit.getValue());
      }
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
