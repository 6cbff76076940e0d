package io.ostraka.viewer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long DEADLINE_NANOS = 20_000_000_000L;

  @TempDir Path folder;

  private Run start(String project, String id, int rank) throws IOException {
    return Ostraka.run()
        .root(folder.resolve("root"))
        .spool(folder.resolve("spool"))
        .project(project)
        .runId(id)
        .name("run " + id)
        .rank(rank)
        .worldSize(2)
        .config(Map.of("lr", 0.5, "bad", Double.NaN))
        .start();
  }

  private Served serve() throws IOException {
    return new Served(folder.resolve("root"));
  }

  @Test
  void whatWasLoggedIsWhatIsAnswered() throws Exception {
    double[] logged = {0.5, -1, Double.NaN, 3.25, Double.POSITIVE_INFINITY, 1e300, 7};
    try (Run run = start("größe & co", "a b", 0)) {
      for (int step = 0; step < logged.length; step++) {
        run.log(step * 10L, "train/loss", logged[step], "ü 🏺", step);
      }
      run.text(30, "note", "<b>hello</b>");
    }
    String names = "?project=" + encoded("größe & co") + "&run=" + encoded("a b");
    try (Served served = serve()) {
      JsonNode points = json(served, "/api/v1/points" + names + "&metric=train/loss").get("points");
      List<String> values = new ArrayList<>();
      points.forEach(point -> values.add(point.get("value").asText()));
      assertThat(values)
          .containsExactly("0.5", "-1.0", "NaN", "3.25", "Infinity", "1.0E300", "7.0");
      assertThat(points.get(3).get("step").asLong()).isEqualTo(30);

      byte[] answer = served.get("/api/v1/series" + names + "&metric=train/loss&bins=2").body();
      JsonNode head = head(answer);
      assertThat(head.get("width").asLong()).isEqualTo(50);
      assertThat(head.get("whole").asBoolean()).isTrue();
      assertThat(head.get("series").get(0).get("first").asLong()).isZero();
      assertThat(head.get("series").get(0).get("last").asLong()).isEqualTo(60);
      Map<String, float[]> bins = columns(answer);
      assertThat(bins.get("min")).containsExactly(-1, 7);
      assertThat(bins.get("max")).containsExactly(3.25f, Float.MAX_VALUE);
      assertThat(bins.get("last")).containsExactly(Float.POSITIVE_INFINITY, 7);

      JsonNode metrics = json(served, "/api/v1/metrics" + names).get("metrics");
      assertThat(metrics.findValuesAsText("name")).containsExactly("train/loss", "ü 🏺");
      assertThat(metrics.get(0).get("count").asLong()).isEqualTo(logged.length);
      JsonNode texts = json(served, "/api/v1/texts" + names).get("texts");
      assertThat(texts.get(0).get("value").asText()).isEqualTo("<b>hello</b>");
    }
  }

  @Test
  void showsARunWithItsWritersAndItsState() throws Exception {
    try (Run first = start("digits", "one", 0);
        Run second = start("digits", "one", 1);
        Served served = serve()) {
      first.log(0, "loss", 1);
      second.log(0, "loss", 3);
      first.flush();
      second.flush();
      JsonNode run = json(served, "/api/v1/runs?project=digits").get("runs").get(0);
      assertThat(run.get("name").asText()).isEqualTo("run one");
      assertThat(run.get("state").asText()).isEqualTo("running");
      assertThat(run.get("config").get("lr").asDouble()).isEqualTo(0.5);
      assertThat(run.get("config").get("bad").asText()).isEqualTo("NaN");
      assertThat(run.get("writers")).hasSize(2);
      assertThat(run.get("writers").get(1).get("rank").asInt()).isEqualTo(1);
      assertThat(run.get("writers").get(0).get("rows").get("metrics").asLong()).isEqualTo(1);
      JsonNode project = json(served, "/api/v1/projects").get("projects").get(0);
      assertThat(project.get("running").asInt()).isEqualTo(1);

      byte[] merged = served.get("/api/v1/series?project=digits&run=one&metric=loss").body();
      assertThat(columns(merged).get("last")).containsExactly(1);
      byte[] each =
          served.get("/api/v1/series?project=digits&run=one&metric=loss&ranks=each").body();
      assertThat(head(each).get("series")).hasSize(2);
    }
    try (Served served = serve()) {
      JsonNode run = json(served, "/api/v1/runs?project=digits").get("runs").get(0);
      assertThat(run.get("state").asText()).isEqualTo("finished");
      assertThat(run.get("finished_at").isTextual()).isTrue();
    }
  }

  @Test
  void anAnswerToWhatIsNewHoldsNothingElse() throws Exception {
    try (Run run = start("digits", "one", 0);
        Served served = serve()) {
      run.log(0, "loss", 1);
      run.log(90, "loss", 2);
      run.flush();
      String path = "/api/v1/series?project=digits&run=one&metric=loss&bins=10";
      JsonNode head = head(served.get(path).body());
      assertThat(head.get("width").asLong()).isEqualTo(10);
      run.log(91, "loss", 5);
      run.flush();
      String held = "&width=10&above=" + head.get("watermark").asText();
      byte[] news = served.get(path + held).body();
      assertThat(head(news).get("whole").asBoolean()).isFalse();
      assertThat(columns(news).get("max")).containsExactly(5);
      run.log(100, "loss", 6);
      run.flush();
      byte[] wider = served.get(path + held).body();
      assertThat(head(wider).get("whole").asBoolean()).isTrue();
      assertThat(head(wider).get("width").asLong()).isEqualTo(20);
    }
  }

  @Test
  void tellsListenersWhatChangedAndNoticesThatTheyHaveGone() throws Exception {
    try (Run run = start("digits", "one", 0);
        Served served = serve()) {
      run.log(0, "loss", 1);
      run.flush();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
        socket.setSoTimeout(20_000);
        String request = "GET /api/v1/events?project=digits HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        awaitLine(lines, "event: runs");
        assertThat(awaitLine(lines, "data: "))
            .isEqualTo("data: {\"project\":\"digits\",\"runs\":[\"one\"]}");
        run.log(1, "loss", 2);
        run.flush();
        awaitLine(lines, "event: runs");
        assertThat(served.viewer().listenerCount()).isEqualTo(1);
      }
      int step = 2;
      long deadline = System.nanoTime() + DEADLINE_NANOS;
      while (served.viewer().listenerCount() > 0) {
        assertThat(System.nanoTime())
            .as("the listener is noticed to have gone")
            .isLessThan(deadline);
        run.log(step++, "loss", 2);
        run.flush();
      }
    }
  }

  @Test
  void listenersDoNotHoldUpOthersAndAreLimited() throws Exception {
    start("digits", "one", 0).close();
    List<Socket> sockets = new ArrayList<>();
    try (Served served = serve()) {
      String request = "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
      for (int i = 0; i < Events.MOST_CLIENTS; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.port());
        sockets.add(socket);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      }
      await(() -> served.viewer().listenerCount() == Events.MOST_CLIENTS);
      assertThat(served.get("/api/v1/projects").statusCode()).isEqualTo(200);
      assertThat(served.get("/api/v1/events").statusCode()).isEqualTo(503);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void compressesWhatIsLargeIfTheClientWants() throws Exception {
    try (Served served = serve()) {
      String path = "/assets/for-tests-0a1b2c3d.js";
      HttpResponse<byte[]> plain = served.get(path);
      HttpResponse<byte[]> small = served.get(path, "Accept-Encoding", "br, gzip;q=0.8");
      assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
      assertThat(small.headers().firstValue("Content-Encoding")).hasValue("gzip");
      assertThat(small.body().length).isLessThan(plain.body().length);
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(small.body()))) {
        assertThat(in.readAllBytes()).isEqualTo(plain.body());
      }
      HttpResponse<byte[]> refused = served.get(path, "Accept-Encoding", "gzip;q=0");
      assertThat(refused.headers().firstValue("Content-Encoding")).isEmpty();
      HttpResponse<byte[]> tiny = served.get("/for-tests.svg", "Accept-Encoding", "gzip");
      assertThat(tiny.headers().firstValue("Content-Encoding")).isEmpty();
    }
  }

  @Test
  void letsABrowserKeepTheFilesOfThePage() throws Exception {
    try (Served served = serve()) {
      HttpResponse<byte[]> hashed = served.get("/assets/for-tests-0a1b2c3d.js");
      assertThat(hashed.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
      HttpResponse<byte[]> other = served.get("/for-tests.svg");
      assertThat(other.headers().firstValue("Cache-Control")).hasValue("no-cache");
      assertThat(other.headers().firstValue("Content-Type")).hasValue("image/svg+xml");
      String tag = other.headers().firstValue("ETag").orElseThrow();
      HttpResponse<byte[]> again = served.get("/for-tests.svg", "If-None-Match", tag);
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    try (Served served = serve()) {
      HttpResponse<byte[]> head = served.send("HEAD", "/for-tests.svg");
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow()).isPositive();
    }
  }

  @Test
  void showsAnEmptyRootThatComesToLifeLater() throws Exception {
    try (Served served = serve()) {
      assertThat(served.text("/api/v1/projects")).isEqualTo("{\"projects\":[]}");
      try (Run run = start("digits", "one", 0)) {
        run.log(0, "loss", 1);
      }
      assertThat(json(served, "/api/v1/projects").get("projects")).hasSize(1);
      assertThat(served.get("/api/v1/series?project=digits&run=one&metric=loss").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void saysThatAPortIsTaken() throws Exception {
    try (Served served = serve()) {
      ViewerSettings same =
          new ViewerSettings("127.0.0.1", served.port(), Set.of(), "test", Clock.systemUTC());
      assertThatThrownBy(() -> Viewer.start(served.query(), same))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("port " + served.port());
    }
  }

  private static JsonNode json(Served served, String path) throws Exception {
    HttpResponse<byte[]> response = served.get(path);
    String body = new String(response.body(), StandardCharsets.UTF_8);
    assertThat(response.statusCode()).as(body).isEqualTo(200);
    return JSON.readTree(body);
  }

  private static JsonNode head(byte[] answer) throws IOException {
    int length = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return JSON.readTree(answer, 4, length);
  }

  /** The columns of floats of the first series. */
  private static Map<String, float[]> columns(byte[] answer) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
    JsonNode series = head(answer).get("series").get(0);
    buffer.position(4 + buffer.getInt());
    Map<String, float[]> columns = new HashMap<>();
    for (JsonNode column : series.get("columns")) {
      float[] values = new float[series.get("bins").asInt()];
      for (int i = 0; i < values.length; i++) {
        values[i] = buffer.getFloat();
      }
      columns.put(column.asText(), values);
    }
    return columns;
  }

  private static String awaitLine(BufferedReader lines, String beginning) throws IOException {
    String line = Objects.requireNonNull(lines.readLine());
    while (!line.startsWith(beginning)) {
      line = Objects.requireNonNull(lines.readLine());
    }
    return line;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
