package io.ostraka.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.card.Card;
import io.ostraka.card.JsonNumber;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.query.MetricSummary;
import io.ostraka.query.Page;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code ostraka show --format json} prints. Field names are those of {@code docs/http.md}.
 */
final class ShowJson {
  private ShowJson() {}

  static String of(RunSnapshot run, Page<MetricSummary> summary) throws JsonProcessingException {
    Card card = run.card();
    ObjectNode json = SnapshotJson.run(run).put("project", run.key().project());
    json.put("job_type", card.jobType().orElse(null)).put("notes", card.notes().orElse(null));
    json.put("heartbeat_at", latest(run).map(Instant::toString).orElse(null));
    json.put("dropped", card.dropped()).put("fork_run", card.forkRun().orElse(null));
    json.put("fork_step", card.forkStep().isPresent() ? card.forkStep().getAsLong() : null);
    ObjectNode facts = card.json();
    for (String field : new String[] {"command", "git", "python", "client", "machine"}) {
      JsonNode fact = facts.get(field);
      if (fact != null) {
        json.set(field, fact);
      }
    }
    ArrayNode writers = (ArrayNode) json.path("writers");
    for (int i = 0; i < writers.size(); i++) {
      more((ObjectNode) writers.get(i), run.writers().get(i));
    }
    ArrayNode metrics = json.putArray("metrics");
    summary.rows().forEach(metric -> metric(metrics.addObject(), metric));
    json.put("more", summary.more());
    Set<Problem> problems = new LinkedHashSet<>(run.problems());
    problems.addAll(summary.problems());
    ArrayNode left = json.putArray("problems");
    problems.forEach(p -> left.addObject().put("key", p.key()).put("message", p.message()));
    return SnapshotJson.text(json);
  }

  /** When a run was last heard of, by the store's clock. */
  static Optional<Instant> latest(RunSnapshot run) {
    return run.writers().stream()
        .map(WriterSnapshot::lastActivity)
        .max(Comparator.naturalOrder())
        .filter(time -> time.isAfter(Instant.EPOCH));
  }

  private static void more(ObjectNode json, WriterSnapshot writer) {
    Card card = writer.card();
    json.put("host", card.host().orElse(null)).put("failure", card.failure().orElse(null));
    json.put("started_at", card.startedAt().map(Instant::toString).orElse(null));
    json.put("finished_at", card.finishedAt().map(Instant::toString).orElse(null));
  }

  static void metric(ObjectNode json, MetricSummary metric) {
    json.put("name", metric.name());
    json.set("first", metric.first() == null ? NullNode.instance : JsonNumber.of(metric.first()));
    json.set("last", JsonNumber.of(metric.last()));
    json.set("min", ofFinite(metric.min()));
    json.set("max", ofFinite(metric.max()));
    json.set("mean", ofFinite(metric.mean()));
    json.put("count", metric.count());
  }

  private static JsonNode ofFinite(double value) {
    return Double.isNaN(value) ? NullNode.instance : JsonNumber.of(value);
  }
}
