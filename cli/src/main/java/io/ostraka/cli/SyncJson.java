package io.ostraka.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.catalog.Problem;
import io.ostraka.store.RequestCount;
import io.ostraka.sync.SyncResult;
import java.util.Map;

/** What {@code ostraka sync --json} prints; {@code docs/sync.md} has the fields. */
final class SyncJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private SyncJson() {}

  static String of(Root from, Root to, boolean dryRun, SyncResult result, RequestCount requests)
      throws JsonProcessingException {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("source", from.shown())
            .put("target", to.shown())
            .put("dry_run", dryRun)
            .put("runs", result.runs());
    put(answer.putObject("copied"), result.all());
    answer.put("present", result.present()).put("foreign", result.foreign());
    answer
        .putObject("removed")
        .put("objects", result.removedObjects())
        .put("runs", result.removedRuns());
    ArrayNode copied = answer.putArray("copied_runs");
    for (Map.Entry<RunKey, SyncResult.Copied> run : result.copied().entrySet()) {
      put(named(copied, run.getKey()), run.getValue());
    }
    ArrayNode extra = answer.putArray("extra_runs");
    result.extra().forEach(run -> named(extra, run));
    ArrayNode problems = answer.putArray("problems");
    for (Problem problem : result.problems()) {
      problems.addObject().put("key", problem.key()).put("message", problem.message());
    }
    answer
        .putObject("requests")
        .put("list", requests.list())
        .put("get", requests.get())
        .put("put", requests.put())
        .put("head", requests.head())
        .put("delete", requests.delete());
    return JSON.writeValueAsString(answer) + "\n";
  }

  private static ObjectNode named(ArrayNode runs, RunKey run) {
    return runs.addObject().put("project", run.project()).put("run", run.run());
  }

  private static void put(ObjectNode node, SyncResult.Copied copied) {
    node.put("objects", copied.objects()).put("bytes", copied.bytes());
  }
}
