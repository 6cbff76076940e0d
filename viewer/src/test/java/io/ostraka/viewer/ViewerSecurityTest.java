package io.ostraka.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewerSecurityTest {
  @TempDir Path root;
  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = new Served(root, "gpu-box", "tracker.example.org");
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../etc/passwd",
        "/../../../../../../etc/passwd",
        "/assets/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/%2E%2E%2F%2E%2E%2Fetc%2Fpasswd",
        "/..%2f..%2fetc/passwd",
        "/%252e%252e/%252e%252e/etc/passwd",
        "/%252e%252e%252fetc%252fpasswd",
        "/%25252e%25252e%25252fetc",
        "/..%5c..%5cetc%5cpasswd",
        "/..%255c..%255cetc",
        "/....//....//etc/passwd",
        "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
        "/%e0%80%ae%e0%80%ae/etc/passwd.txt",
        "/.%00./etc/passwd",
        "/assets/..%00.js",
        "/etc/passwd.",
        "//etc/passwd",
        "/./../etc/passwd",
        "/assets/%2e%2e/Viewer.class",
        "/../Viewer.class",
        "/Viewer.class",
        "/.git/config",
        "/api/v1/../../../etc/passwd",
        "/api/../etc/passwd",
      })
  void answersNothingOutsideThePage(String target) throws IOException {
    String answer = served.rawGet(target, "localhost");
    assertThat(answer).startsWith("HTTP/1.1 404").doesNotContain("root:").contains("\"error\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/%", "/%zz", "/a%2", "/api/v1/runs?project=%", "/api/v1/runs?project=%g1"})
  void refusesWhatIsNotPercentEncoded(String target) throws IOException {
    assertThat(served.rawGet(target, "localhost")).startsWith("HTTP/1.1 400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:1",
        "LOCALHOST:7475",
        "localhost.",
        "127.0.0.1:80",
        "127.1.2.3",
        "[::1]:7475",
        "[::1]",
        "gpu-box:9999",
        "Tracker.Example.org",
      })
  void answersToItsOwnNamesAtAnyPort(String host) throws IOException {
    assertThat(served.rawGet("/api/v1/server", host)).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:7475",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "192.0.2.1",
        "[2001:db8::1]",
        "0.0.0.0",
        "[",
        "",
      })
  void refusesAForeignHost(String host) throws IOException {
    assertThat(served.rawGet("/api/v1/projects", host))
        .startsWith("HTTP/1.1 403")
        .contains("--allow-host");
    assertThat(served.rawGet("/", host)).startsWith("HTTP/1.1 403");
  }

  @Test
  void refusesARequestWithoutAHost() throws IOException {
    String answer = served.raw("GET /api/v1/server HTTP/1.1\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400");
  }

  @Test
  void refusesAForeignHostInTheRequestLine() throws IOException {
    assertThat(served.rawGet("http://evil.example/api/v1/server", "localhost"))
        .startsWith("HTTP/1.1 403");
    assertThat(served.rawGet("http://localhost:1/api/v1/server", "localhost"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void refusesAPageOfAnotherOrigin() throws IOException, InterruptedException {
    String own = "http://127.0.0.1:" + served.port();
    assertThat(served.get("/api/v1/server", "Origin", own).statusCode()).isEqualTo(200);
    for (String other :
        new String[] {
          "http://evil.example",
          "null",
          "http://127.0.0.1:1",
          "http://evil.example:" + served.port()
        }) {
      assertThat(served.get("/api/v1/server", "Origin", other).statusCode()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
  void refusesEveryMethodThatMightWrite(String method) throws IOException, InterruptedException {
    assertThat(served.send(method, "/api/v1/server").statusCode()).isEqualTo(405);
  }

  @Test
  void tellsTheBrowserToTrustNothingElse() throws IOException, InterruptedException {
    for (String path : new String[] {"/api/v1/server", "/for-tests.svg", "/missing.js"}) {
      HttpResponse<byte[]> response = served.get(path);
      assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'self'")
          .contains("script-src 'self';")
          .contains("frame-ancestors 'none'");
      assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(response.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
      assertThat(response.headers().map()).doesNotContainKey("Access-Control-Allow-Origin");
    }
  }

  @Test
  void saysEveryErrorInOneLineWithoutATrace() throws IOException, InterruptedException {
    Map<String, Integer> wrong =
        Map.ofEntries(
            Map.entry("/api/v1/nothing", 404),
            Map.entry("/api/v2/runs", 404),
            Map.entry("/api/v1/runs", 400),
            Map.entry("/api/v1/runs?project=absent", 404),
            Map.entry("/api/v1/runs?project=..", 400),
            Map.entry("/api/v1/runs?project=%00", 400),
            Map.entry("/api/v1/runs?project=%FF%FE", 400),
            Map.entry("/api/v1/runs?project=%C3%28", 400),
            Map.entry("/api/v1/runs?project=%EF%BF%BD", 404),
            Map.entry("/api/v1/runs?project=a&project=b", 400),
            Map.entry("/api/v1/runs?projekt=a", 400),
            Map.entry("/api/v1/series?project=a&run=b", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&bins=0", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&bins=10001", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&bins=x", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&x=sideways", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&from=5&to=4", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&from=1e999999999", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&stream=console", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&width=1", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&width=1&above=x", 400),
            Map.entry("/api/v1/series?project=a&run=b&metric=c&ranks=some", 400),
            Map.entry("/api/v1/points?project=a&run=b&metric=c&limit=100001", 400),
            Map.entry("/api/v1/points?project=a&run=b&metric=c&writer=w", 400),
            Map.entry("/api/v1/console?project=a&run=b&after=3", 400),
            Map.entry("/api/v1/events?project=absent", 404));
    for (Map.Entry<String, Integer> one : wrong.entrySet()) {
      HttpResponse<byte[]> response = served.get(one.getKey());
      String body = new String(response.body(), StandardCharsets.UTF_8);
      assertThat(response.statusCode()).as(one.getKey() + body).isEqualTo(one.getValue());
      assertThat(body).startsWith("{\"error\":\"").hasLineCount(1).doesNotContain("\tat ");
    }
  }
}
