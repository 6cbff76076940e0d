package io.ostraka.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs as rows of a table, from what was logged to what is answered. */
final class TableApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private void log(String id, double lr, double... losses) throws IOException {
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("root"))
            .spool(folder.resolve("spool"))
            .project("p")
            .runId(id)
            .tags("baseline", id)
            .config(Map.of("lr", lr, "opt", Map.of("name", "adam")))
            .start()) {
      for (int step = 0; step < losses.length; step++) {
        run.log(step, "val/loss", losses[step]);
      }
    }
  }

  private static JsonNode json(Served served, String path, String... pairs) throws Exception {
    StringBuilder query = new StringBuilder(path + "?project=p");
    for (int i = 0; i < pairs.length; i += 2) {
      String value = URLEncoder.encode(pairs[i + 1], StandardCharsets.UTF_8);
      query.append('&').append(pairs[i]).append('=').append(value);
    }
    HttpResponse<byte[]> answer = served.get(query.toString());
    JsonNode json = JSON.readTree(answer.body());
    assertThat(answer.statusCode()).as(json.toString()).isEqualTo(json.has("error") ? 400 : 200);
    return json;
  }

  @Test
  void aPageIsFilteredSortedCutAndHasTheNumbersOfWhatWasLogged() throws Exception {
    log("a", 0.1, 5, 1, 2);
    log("b", 0.01, 4, Double.NaN);
    log("c", 0.001, 3);
    try (Served served = new Served(folder.resolve("root"))) {
      JsonNode page =
          json(
              served,
              "/api/v1/table",
              "filter",
              "config.lr < 0.1 and tag : baseline",
              "sort",
              "-summary.val/loss.max");
      assertThat(page.path("total").asInt()).isEqualTo(3);
      assertThat(page.path("matched").asInt()).isEqualTo(2);
      assertThat(page.path("rows").findValuesAsText("run")).containsExactly("b", "c");
      JsonNode row = page.path("rows").get(0);
      assertThat(row.path("config").path("opt").path("name").asText()).isEqualTo("adam");
      assertThat(row.path("state").asText()).isEqualTo("finished");
      assertThat(row.path("tags").get(1).asText()).isEqualTo("b");
      JsonNode loss = row.path("metrics").path("val/loss");
      assertThat(loss.path("first").asDouble()).isEqualTo(4);
      assertThat(loss.path("last").asText()).isEqualTo("NaN");
      assertThat(loss.path("mean").asDouble()).isEqualTo(4);
      assertThat(loss.path("count").asLong()).isEqualTo(2);

      JsonNode columns =
          json(
              served,
              "/api/v1/table",
              "columns",
              "state,config.lr,summary.val/loss,config.missing",
              "sort",
              "config.lr",
              "offset",
              "1",
              "limit",
              "1");
      assertThat(columns.path("columns").get(2).asText()).isEqualTo("summary.val/loss");
      assertThat(columns.path("rows")).hasSize(1);
      assertThat(columns.path("rows").get(0).path("run").asText()).isEqualTo("b");
      assertThat(columns.path("rows").get(0).path("values").toString())
          .isEqualTo("[\"finished\",0.01,\"NaN\",null]");
      JsonNode fields = json(served, "/api/v1/fields").path("fields");
      assertThat(fields.findValuesAsText("field"))
          .containsExactly("config.lr", "config.opt.name", "summary.val/loss");
    }
  }

  @Test
  void aWrongFilterSaysWhereAndANameThatNoRunHasIsNoted() throws Exception {
    log("a", 0.1, 5);
    try (Served served = new Served(folder.resolve("root"))) {
      JsonNode error = json(served, "/api/v1/table", "filter", "config.lr < ");
      assertThat(error.path("position").asInt()).isEqualTo(12);
      assertThat(error.path("expected").asText()).startsWith("a value such as 0.01");
      assertThat(error.path("error").asText())
          .startsWith("The filter does not parse at character 13: expected a value");
      assertThat(json(served, "/api/v1/table", "sort", "loss").path("error").asText())
          .contains("The sort order does not parse at character 1");
      assertThat(json(served, "/api/v1/table", "columns", "a b").path("error").asText())
          .contains("The list of columns does not parse");
      for (String[] bad :
          List.of(
              new String[] {"limit", "0"},
              new String[] {"limit", "10001"},
              new String[] {"offset", "-1"},
              new String[] {"offset", "99999999999"},
              new String[] {"order", "x"},
              new String[] {"filter", "name ~ '('"})) {
        assertThat(json(served, "/api/v1/table", bad).path("error").asText()).contains(bad[0]);
      }
      JsonNode note = json(served, "/api/v1/table", "filter", "config.lrr = 1").path("notes");
      assertThat(note.get(0).asText()).startsWith("No run has config.lrr; the nearest are config.");
      assertThat(served.get("/api/v1/table?project=q").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void differencesAndImportanceAreAnswered() throws Exception {
    log("a", 0.1, 5);
    log("b", 0.01, 5);
    try (Served served = new Served(folder.resolve("root"))) {
      JsonNode diff = json(served, "/api/v1/diff", "run", "b", "run", "a");
      assertThat(diff.path("config").toString())
          .isEqualTo("[{\"field\":\"config.lr\",\"values\":[0.01,0.1]}]");
      assertThat(diff.path("summary")).isEmpty();
      assertThat(diff.path("same").asInt()).isEqualTo(2);
      assertThat(json(served, "/api/v1/diff", "run", "a").path("error").asText())
          .contains("give 2 to 100");
      JsonNode importance = json(served, "/api/v1/importance", "target", "summary.val/loss.min");
      assertThat(importance.path("message").asText()).startsWith("Too few runs: 2 have");
      assertThat(importance.path("settings").get(0).path("importance").isNull()).isTrue();
      assertThat(served.get("/api/v1/importance?project=p&target=summary.x").statusCode())
          .isEqualTo(404);
    }
  }
}
