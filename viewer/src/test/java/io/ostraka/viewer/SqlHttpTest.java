package io.ostraka.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlHttpTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private Served serve(String... allowedHosts) throws Exception {
    Path root = Files.createDirectories(folder.resolve("root"));
    try (Run run =
        Ostraka.run().root(root).spool(folder.resolve("spool")).project("p").runId("one").start()) {
      for (int step = 0; step < 10; step++) {
        run.log(step, "loss", step == 3 ? Double.NaN : step);
      }
    }
    return new Served(root, allowedHosts);
  }

  @Test
  void answersWhatWasLogged() throws Exception {
    try (Served served = serve()) {
      JsonNode answer =
          JSON.readTree(
              ask(served, "SELECT run, step, value FROM metrics WHERE step > 1 ORDER BY step", 2)
                  .body());
      assertThat(answer.path("columns").findValuesAsText("name"))
          .containsExactly("run", "step", "value");
      assertThat(answer.path("rows").toString()).isEqualTo("[[\"one\",2,2.0],[\"one\",3,\"NaN\"]]");
      assertThat(answer.path("more").asBoolean()).isTrue();
      assertThat(answer.path("problems")).isEmpty();
      JsonNode all = JSON.readTree(ask(served, "FROM metrics", 10).body());
      assertThat(all.path("rows")).hasSize(10);
      assertThat(all.path("more").asBoolean()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY metrics TO '/tmp/ostraka-evil.csv'",
        "WITH x AS (COPY (SELECT 1) TO '/tmp/ostraka-evil.csv') FROM x",
        "ATTACH '/tmp/ostraka-evil.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "SET threads = 64",
        "CREATE TABLE x AS SELECT 1",
        "DELETE FROM runs",
        "SELECT 1; SELECT 2",
        "SELECT nope FROM metrics",
        "SELEC 1",
        "SELECT len(range(1000000000))",
        "SELECT list_sum(generate_series(1, 20000000))",
        "FROM unnest(range(1000000000))",
        "SELECT len(range(TIMESTAMP '2000-01-01', TIMESTAMP '2020-01-01', INTERVAL 1 SECOND))",
        "SELECT len(repeat([1], 50000000))",
        "SELECT len(list_resize([1], 1000000000)) FROM runs",
        "SELECT len(l) FROM (SELECT list_transform(range(100000), x -> range(100000)) AS l)",
        "SELECT len(repeat(range(1000000), 1000000))",
        "SELECT repeat('x', 3000000000)",
        "SELECT repeat('a longer text', 10000000)",
        "SELECT len(lpad('x', 3000000000, 'y'))",
        "SELECT (SELECT array_agg(x) FROM range(3000000) t(x)) FROM range(100)",
        "SELECT [(SELECT array_agg(x) FROM range(600000) t(x))] AS l, i FROM range(2) r(i)",
      })
  void refusesInOneLine(String statement) throws Exception {
    try (Served served = serve()) {
      HttpResponse<byte[]> response = ask(served, statement, 10);
      assertThat(response.statusCode()).isEqualTo(400);
      String error = JSON.readTree(response.body()).path("error").asText();
      assertThat(error).isNotBlank().doesNotContain("\n").doesNotContain("Exception");
      assertThat(Path.of("/tmp/ostraka-evil.csv")).doesNotExist();
    }
  }

  @Test
  void aBillionRowsAreCut() throws Exception {
    try (Served served = serve()) {
      JsonNode answer = JSON.readTree(ask(served, "SELECT * FROM range(1000000000)", 7).body());
      assertThat(answer.path("rows")).hasSize(7);
      assertThat(answer.path("more").asBoolean()).isTrue();
      JsonNode wide =
          JSON.readTree(ask(served, "SELECT repeat('x', 1000000) FROM range(1000)", 1000).body());
      assertThat(wide.path("rows").size()).isBetween(10, 100);
      assertThat(wide.path("more").asBoolean()).isTrue();
    }
  }

  @Test
  void shortListsAreMadeAndAValueThatIsTooLongIsNotGiven() throws Exception {
    try (Served served = serve()) {
      String lists =
          "SELECT sum(x), len(repeat([1, 2], 3)), repeat('ab', 2), len(generate_series(-5, 5, 2))"
              + " FROM (SELECT unnest(range(1000)) AS x), range(1, 2)";
      JsonNode answer = JSON.readTree(ask(served, lists, 7).body());
      assertThat(answer.path("rows").toString()).isEqualTo("[[499500,6,\"abab\",6]]");
      String nested =
          "SELECT i, [[i], NULL, []] AS i, MAP {'k': i} AS m, NULL::INTEGER[] FROM range(3) r(i) ORDER BY i DESC";
      JsonNode kept = JSON.readTree(ask(served, nested, 2).body());
      assertThat(kept.path("rows").toString())
          .isEqualTo("[[2,[[2],null,[]],{\"k\":2},null],[1,[[1],null,[]],{\"k\":1},null]]");
      assertThat(kept.path("columns").get(2).path("name").asText()).isEqualTo("m");
      for (String format : new String[] {"", "&format=arrow"}) {
        String q = "SELECT repeat('x', 40000000)";
        HttpResponse<byte[]> response =
            served.get("/api/v1/sql?q=" + URLEncoder.encode(q, StandardCharsets.UTF_8) + format);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(new String(response.body(), StandardCharsets.ISO_8859_1))
            .contains("\"more\":true")
            .hasSizeLessThan(2000);
      }
    }
  }

  @Test
  void momentsBeyondAllTimeAreGivenInEveryFormat() throws Exception {
    try (Served served = serve()) {
      String q = "SELECT 'infinity'::TIMESTAMPTZ AS late, '-infinity'::TIMESTAMPTZ AS early";
      for (String format : new String[] {"json", "arrow"}) {
        String path = "/api/v1/sql?q=" + URLEncoder.encode(q, StandardCharsets.UTF_8);
        assertThat(served.get(path + "&format=" + format).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void whatIsGivenWronglyIsNamed() throws Exception {
    try (Served served = serve()) {
      assertThat(served.text("/api/v1/sql")).contains("parameter q is missing");
      assertThat(served.text("/api/v1/sql?q=SELECT+1&limit=0")).contains("limit = 0 is outside");
      assertThat(served.text("/api/v1/sql?q=SELECT+1&rows=1")).contains("no parameter");
    }
  }

  @Test
  void answersNoSqlWhereOthersReachItUnlessItIsAllowed() throws Exception {
    try (Served served = serve("gpu-box")) {
      HttpResponse<byte[]> response = ask(served, "SELECT 1", 10);
      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(new String(response.body(), StandardCharsets.UTF_8)).contains("--sql");
    }
    Set<String> none = Set.of();
    Clock clock = Clock.systemUTC();
    assertThat(new ViewerSettings("0.0.0.0", 0, none, "test", clock).sql()).isFalse();
    assertThat(new ViewerSettings("127.evil.org", 0, none, "test", clock).sql()).isFalse();
    assertThat(new ViewerSettings("localhost", 0, none, "test", clock).sql()).isTrue();
    assertThat(new ViewerSettings("::1", 0, none, "test", clock).withSql(false).sql()).isFalse();
  }

  private static HttpResponse<byte[]> ask(Served served, String statement, int limit)
      throws Exception {
    String q = URLEncoder.encode(statement, StandardCharsets.UTF_8);
    return served.get("/api/v1/sql?limit=" + limit + "&q=" + q);
  }
}
