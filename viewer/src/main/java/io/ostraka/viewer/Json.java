package io.ostraka.viewer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.ProjectSnapshot;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.query.ConsoleLine;
import io.ostraka.query.Extent;
import io.ostraka.query.MetricSummary;
import io.ostraka.query.MetricsAnswer;
import io.ostraka.query.Page;
import io.ostraka.query.Point;
import io.ostraka.query.Text;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code docs/http.md}. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> WRITER_FACTS =
      List.of("process_id", "command", "git", "client");

  private Json() {}

  static byte[] bytes(ObjectNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of JSON can always be written", e);
    }
  }

  static String text(ObjectNode json) {
    return new String(bytes(json), StandardCharsets.UTF_8);
  }

  static String error(String message) {
    return text(NODES.objectNode().put("error", message));
  }

  static ObjectNode projects(List<ProjectSnapshot> projects) {
    ObjectNode json = NODES.objectNode();
    ArrayNode list = json.putArray("projects");
    for (ProjectSnapshot project : projects) {
      list.addObject()
          .put("name", project.name())
          .put("runs", project.runs())
          .put("running", project.running())
          .put("last_activity", time(project.lastActivity()));
    }
    return json;
  }

  static ObjectNode runs(String project, List<RunSnapshot> runs, Instant now) {
    ObjectNode json = NODES.objectNode().put("project", project).put("now", time(now));
    ArrayNode list = json.putArray("runs");
    Comparator<RunSnapshot> byStart =
        Comparator.comparing(run -> startedAt(run).orElse(Instant.EPOCH));
    runs.stream()
        .sorted(byStart.reversed().thenComparing(RunSnapshot::key))
        .forEach(run -> list.add(run(run)));
    ArrayNode problems = json.putArray("problems");
    runs.forEach(run -> addProblems(problems, run.problems()));
    return json;
  }

  private static ObjectNode run(RunSnapshot run) {
    Card card = run.card();
    ObjectNode json = NODES.objectNode();
    json.put("run", run.key().run());
    json.put("name", card.name().orElse(run.key().run()));
    json.put("state", run.state().text());
    json.put("group", card.group().orElse(null));
    json.put("job_type", card.jobType().orElse(null));
    ArrayNode tags = json.putArray("tags");
    card.tags().forEach(tags::add);
    json.put("notes", card.notes().orElse(null));
    json.set("config", card.config());
    json.set("summary", card.summary());
    json.put("fork_run", card.forkRun().orElse(null));
    putStep(json, "fork_step", card.forkStep());
    json.put("started_at", time(startedAt(run)));
    json.put("heartbeat_at", time(latest(run.writers(), Json::heartbeatAt)));
    boolean ended = run.state().hasEnded();
    Optional<Instant> finished = latest(run.writers(), writer -> writer.card().finishedAt());
    json.put("finished_at", ended ? time(finished) : null);
    json.put("dropped", run.writers().stream().mapToLong(one -> one.card().dropped()).sum());
    ArrayNode writers = json.putArray("writers");
    Map<WriterId, RunSnapshot.Continued> continued = run.continued();
    run.writers().stream()
        .sorted(Comparator.comparing(WriterSnapshot::key))
        .forEach(writer -> writers.add(writer(writer, continued)));
    return json;
  }

  private static ObjectNode writer(
      WriterSnapshot writer, Map<WriterId, RunSnapshot.Continued> continued) {
    Card card = writer.card();
    ObjectNode facts = card.json();
    WriterId id = writer.key().writer();
    ObjectNode json = NODES.objectNode();
    json.put("writer", id.text());
    json.put("rank", id.rank());
    json.put("world_size", card.worldSize());
    json.put("state", writer.state().text());
    json.put("host", card.host().orElse(null));
    json.put("started_at", time(card.startedAt()));
    json.put("heartbeat_at", time(heartbeatAt(writer)));
    json.put("heartbeat_seconds", card.heartbeatSeconds());
    json.put("finished_at", time(card.finishedAt()));
    json.put("failure", card.failure().orElse(null));
    json.put("dropped", card.dropped());
    json.put("parent_writer", card.parentWriter().map(WriterId::text).orElse(null));
    ArrayNode supersedes = json.putArray("supersedes");
    card.supersedes().forEach(older -> supersedes.add(older.text()));
    putStep(json, "resume_step", card.resumeStep());
    RunSnapshot.Continued by = continued.get(id);
    json.put("continued", by != null);
    long hiddenFrom = by == null ? Long.MAX_VALUE : by.fromStep();
    putStep(
        json,
        "hidden_from",
        hiddenFrom < Long.MAX_VALUE ? OptionalLong.of(hiddenFrom) : OptionalLong.empty());
    ObjectNode rows = json.putObject("rows");
    for (Map.Entry<Stream, List<LiveShard>> stream : writer.shards().entrySet()) {
      long count =
          stream.getValue().stream()
              .mapToLong(shard -> shard.name().last() - shard.fromRow() + 1)
              .sum();
      rows.put(stream.getKey().folder(), count);
    }
    for (String fact : WRITER_FACTS) {
      json.set(fact, facts.has(fact) ? facts.get(fact) : NODES.nullNode());
    }
    return json;
  }

  private static Optional<Instant> startedAt(RunSnapshot run) {
    return run.writers().stream()
        .flatMap(writer -> writer.card().startedAt().stream())
        .min(Comparator.naturalOrder());
  }

  private static Optional<Instant> heartbeatAt(WriterSnapshot writer) {
    return Optional.of(writer.lastActivity());
  }

  private static Optional<Instant> latest(
      List<WriterSnapshot> writers, Function<WriterSnapshot, Optional<Instant>> time) {
    return writers.stream().flatMap(one -> time.apply(one).stream()).max(Comparator.naturalOrder());
  }

  static ObjectNode metrics(MetricsAnswer answer) {
    ObjectNode json = NODES.objectNode();
    ArrayNode list = json.putArray("metrics");
    for (MetricsAnswer.Metric metric : answer.metrics()) {
      ObjectNode one = list.addObject().put("name", metric.name()).put("count", metric.count());
      Extent steps = metric.steps();
      one.put("first_step", steps == null ? null : steps.first());
      one.put("last_step", steps == null ? null : steps.last());
      ArrayNode runs = one.putArray("runs");
      metric.runs().forEach(runs::add);
    }
    addProblems(json.putArray("problems"), answer.problems());
    return json;
  }

  static ObjectNode points(Page<Point> page) {
    ObjectNode json = NODES.objectNode();
    ArrayNode list = json.putArray("points");
    for (Point point : page.rows()) {
      ObjectNode one = list.addObject();
      one.put("writer", point.writer().text()).put("row", point.row()).put("step", point.step());
      one.put("time", time(point.timeMicros()));
      putReal(one, "value", point.value());
    }
    return ended(json, page);
  }

  static ObjectNode console(Page<ConsoleLine> page) {
    ObjectNode json = NODES.objectNode();
    ArrayNode list = json.putArray("lines");
    for (ConsoleLine line : page.rows()) {
      list.addObject()
          .put("writer", line.writer().text())
          .put("rank", line.writer().rank())
          .put("row", line.row())
          .put("time", time(line.timeMicros()))
          .put("step", line.step())
          .put("source", line.source())
          .put("line", line.line());
    }
    return ended(json, page);
  }

  static ObjectNode texts(Page<Text> page) {
    ObjectNode json = NODES.objectNode();
    ArrayNode list = json.putArray("texts");
    for (Text text : page.rows()) {
      list.addObject()
          .put("writer", text.writer().text())
          .put("row", text.row())
          .put("step", text.step())
          .put("time", time(text.timeMicros()))
          .put("name", text.name())
          .put("value", text.value());
    }
    return ended(json, page);
  }

  private static ObjectNode ended(ObjectNode json, Page<?> page) {
    json.put("more", page.more());
    addProblems(json.putArray("problems"), page.problems());
    return json;
  }

  static void addProblems(ArrayNode list, List<Problem> problems) {
    for (Problem problem : problems) {
      list.addObject().put("key", problem.key()).put("message", problem.message());
    }
  }

  static ObjectNode summary(Page<MetricSummary> page) {
    ObjectNode json = NODES.objectNode();
    ArrayNode list = json.putArray("metrics");
    for (MetricSummary metric : page.rows()) {
      putSummary(list.addObject().put("name", metric.name()), metric);
    }
    return ended(json, page);
  }

  static void putSummary(ObjectNode json, MetricSummary metric) {
    if (metric.first() == null) {
      json.putNull("first");
    } else {
      putReal(json, "first", metric.first());
    }
    putReal(json, "last", metric.last());
    if (Double.isNaN(metric.mean())) {
      json.putNull("min").putNull("max").putNull("mean");
    } else {
      json.put("min", metric.min()).put("max", metric.max());
      putReal(json, "mean", metric.mean());
    }
    json.put("count", metric.count());
  }

  private static void putStep(ObjectNode json, String name, OptionalLong step) {
    if (step.isPresent()) {
      json.put(name, step.getAsLong());
    } else {
      json.putNull(name);
    }
  }

  static void putReal(ObjectNode json, String name, double value) {
    if (Double.isFinite(value)) {
      json.put(name, value);
    } else {
      json.put(name, Double.toString(value));
    }
  }

  private static @Nullable String time(Optional<Instant> time) {
    return time.map(Json::time).orElse(null);
  }

  /* Milliseconds: what browsers read, and what clocks of several machines are good for. */
  static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
