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
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is described is what is answered: paths, parameters, limits, words and examples. */
class OpenApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern KNOWN = Pattern.compile("There is no parameter .* there are (.*)");

  @TempDir Path folder;
  private Served served;
  private JsonNode description;

  @BeforeEach
  void serve() throws Exception {
    log("sweep-1", 0.1);
    log("sweep-2", 0.2);
    served = new Served(folder.resolve("root"));
    description = JSON.readTree(served.text("/api/v1/openapi.json"));
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private void log(String id, double lr) throws IOException {
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("root"))
            .spool(folder.resolve("spool"))
            .project("digits")
            .runId(id)
            .config(Map.of("lr", lr))
            .start()) {
      for (int step = 0; step < 20; step++) {
        run.log(step, "train/loss", 1.0 / (step + 1));
      }
    }
  }

  @Test
  void eachPathIsDescribedAndNoOther() {
    try (SqlApi sql = new SqlApi(served.query(), true)) {
      ViewerSettings settings =
          new ViewerSettings("127.0.0.1", 0, Set.of(), "test", Clock.systemUTC());
      Set<String> answered = new TreeSet<>(Set.of("events"));
      answered.addAll(new Api(served.query(), sql, settings).names());
      Set<String> described = new TreeSet<>();
      paths().forEach(path -> described.add(path.substring(Api.PREFIX.length())));
      assertThat(described).isEqualTo(answered);
    }
  }

  @Test
  void eachParameterIsDescribedAndNoOther() throws Exception {
    for (String path : paths()) {
      Matcher known = KNOWN.matcher(error(path + "?no-such-parameter=1"));
      assertThat(known.matches()).as(path).isTrue();
      Set<String> taken = new TreeSet<>(List.of(known.group(1).split(", ", -1)));
      Set<String> described = new TreeSet<>();
      parameters(path).forEach(one -> described.add(one.path("name").asText()));
      assertThat(described.isEmpty() ? Set.of("none") : described).as(path).isEqualTo(taken);
    }
  }

  @Test
  void whatIsRequiredIsMissedAndOnlyThat() throws Exception {
    for (String path : endingPaths()) {
      for (JsonNode parameter : parameters(path)) {
        String name = parameter.path("name").asText();
        HttpResponse<byte[]> without = get(path, examples(path, Map.of(name, List.of())));
        boolean isRequired = parameter.path("required").asBoolean();
        assertThat(without.statusCode())
            .as(path + " without " + name)
            .isEqualTo(isRequired ? 400 : 200);
      }
    }
  }

  @Test
  void theExamplesAreAnsweredWithWhatIsDescribed() throws Exception {
    for (String path : endingPaths()) {
      HttpResponse<byte[]> answer = get(path, examples(path, Map.of()));
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      String type = answer.headers().firstValue("Content-Type").orElseThrow();
      JsonNode described =
          description.path("paths").path(path).path("get").path("responses").path("200");
      assertThat(described.path("content").has(type.replaceFirst(";.*", ""))).as(path).isTrue();
      Set<String> held = new HashSet<>(answer.headers().map().keySet());
      held.retainAll(Set.of("etag"));
      assertThat(held.isEmpty()).as(path).isNotEqualTo(described.path("headers").has("ETag"));
    }
  }

  @Test
  void theBoundsOfNumbersAreThoseDescribed() throws Exception {
    int checked = 0;
    for (String path : endingPaths()) {
      for (JsonNode parameter : parameters(path)) {
        JsonNode schema = parameter.path("schema");
        String name = parameter.path("name").asText();
        boolean isBounded = schema.path("type").asText().equals("integer") && schema.has("default");
        if (isBounded) {
          long least = schema.path("minimum").asLong();
          long most = schema.path("maximum").asLong();
          for (long inside : new long[] {least, most, schema.path("default").asLong()}) {
            assertThat(status(path, name, inside)).as(path + " " + name + inside).isEqualTo(200);
          }
          assertThat(status(path, name, least - 1)).as(path + " " + name).isEqualTo(400);
          assertThat(status(path, name, most + 1)).as(path + " " + name).isEqualTo(400);
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(5);
  }

  @Test
  void theWordsOfChoicesAreThoseDescribed() throws Exception {
    int checked = 0;
    for (String path : endingPaths()) {
      for (JsonNode parameter : parameters(path)) {
        String name = parameter.path("name").asText();
        List<String> words = new ArrayList<>();
        parameter.path("schema").path("enum").forEach(word -> words.add(word.asText()));
        if (!words.isEmpty()) {
          String refused =
              error(path + "?" + query(examples(path, Map.of(name, List.of("nonsense")))));
          assertThat(refused).as(path).startsWith(name + " = \"nonsense\" is not ");
          words.forEach(word -> assertThat(refused).contains(word));
          assertThat(refused.split(",| or ", -1)).as(refused).hasSameSizeAs(words);
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(8);
  }

  private List<String> paths() {
    List<String> paths = new ArrayList<>();
    description.path("paths").fieldNames().forEachRemaining(paths::add);
    return paths;
  }

  /** Those whose answer has an end. */
  private List<String> endingPaths() {
    List<String> paths = paths();
    paths.remove(Api.PREFIX + "events");
    return paths;
  }

  private List<JsonNode> parameters(String path) {
    List<JsonNode> parameters = new ArrayList<>();
    for (JsonNode one : description.path("paths").path(path).path("get").path("parameters")) {
      if (one.path("in").asText().equals("query")) {
        parameters.add(one);
      }
    }
    return parameters;
  }

  /** The examples of a path's parameters, but for some that are given. */
  private List<String> examples(String path, Map<String, List<String>> given) {
    List<String> pairs = new ArrayList<>();
    for (JsonNode parameter : parameters(path)) {
      String name = parameter.path("name").asText();
      List<String> values = new ArrayList<>();
      JsonNode example = parameter.path("example");
      if (example.isArray()) {
        example.forEach(one -> values.add(one.asText()));
      } else if (!example.isMissingNode()) {
        values.add(example.asText());
      }
      for (String value : given.getOrDefault(name, values)) {
        pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
      }
    }
    return pairs;
  }

  private static String query(List<String> pairs) {
    return String.join("&", pairs);
  }

  private int status(String path, String name, long value) throws Exception {
    return get(path, examples(path, Map.of(name, List.of(Long.toString(value))))).statusCode();
  }

  private HttpResponse<byte[]> get(String path, List<String> pairs) throws Exception {
    return served.get(path + "?" + query(pairs));
  }

  private String error(String pathAndQuery) throws Exception {
    HttpResponse<byte[]> answer = served.get(pathAndQuery);
    assertThat(answer.statusCode()).as(pathAndQuery).isEqualTo(400);
    return JSON.readTree(answer.body()).path("error").asText();
  }
}
