package io.ostraka.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Stream;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.ProjectSnapshot;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import java.time.Instant;
import java.util.List;

/** What {@code ostraka ls --json} prints. Field names are those of {@code docs/http.md}. */
final class SnapshotJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private SnapshotJson() {}

  static String projects(List<ProjectSnapshot> projects) throws JsonProcessingException {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray("projects");
    for (ProjectSnapshot project : projects) {
      list.addObject()
          .put("name", project.name())
          .put("runs", project.runs())
          .put("running", project.running())
          .put("last_activity", project.lastActivity().map(Instant::toString).orElse(null));
    }
    return text(answer);
  }

  static String runs(String project, List<RunSnapshot> runs) throws JsonProcessingException {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("project", project);
    ArrayNode list = answer.putArray("runs");
    ArrayNode problems = answer.putArray("problems");
    for (RunSnapshot run : runs) {
      list.add(run(run));
      for (Problem problem : run.problems()) {
        problems.addObject().put("key", problem.key()).put("message", problem.message());
      }
    }
    return text(answer);
  }

  static ObjectNode run(RunSnapshot run) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("run", run.key().run())
            .put("name", run.card().name().orElse(null))
            .put("state", run.state().text())
            .put("group", run.card().group().orElse(null))
            .put("started_at", run.card().startedAt().map(Object::toString).orElse(null))
            .put("finished_at", run.card().finishedAt().map(Object::toString).orElse(null));
    run.card().tags().forEach(json.putArray("tags")::add);
    json.set("config", run.card().config());
    json.set("summary", run.card().summary());
    ArrayNode writers = json.putArray("writers");
    run.writers().forEach(writer -> writer(writers.addObject(), writer));
    return json;
  }

  private static void writer(ObjectNode json, WriterSnapshot writer) {
    json.put("writer", writer.key().writer().toString())
        .put("rank", writer.card().rank())
        .put("world_size", writer.card().worldSize())
        .put("state", writer.state().text())
        .put("dropped", writer.card().dropped())
        .put("last_activity", writer.lastActivity().toString());
    ObjectNode rows = json.putObject("rows");
    for (Stream stream : writer.shards().keySet()) {
      rows.put(stream.folder(), rows(writer, stream));
    }
  }

  /** How many rows of a stream a reader finds in the live shards. */
  static long rows(WriterSnapshot writer, Stream stream) {
    long rows = 0;
    for (LiveShard shard : writer.shards(stream)) {
      rows += shard.name().last() - shard.fromRow() + 1;
    }
    return rows;
  }

  static String text(ObjectNode answer) throws JsonProcessingException {
    return JSON.writeValueAsString(answer) + "\n";
  }
}
