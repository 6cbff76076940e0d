package io.ostraka.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that a browser keeps, and asks for again by their tags. */
class HttpCacheTest {
  /** Of one run, and so the same whatever others do. */
  private static final List<String> OF_A_RUN =
      List.of(
          "series?project=p&run=one&metric=loss",
          "series?project=p&run=one&metric=loss&format=arrow",
          "points?project=p&run=one&metric=loss",
          "points?project=p&run=one&metric=loss&format=arrow",
          "summary?project=p&run=one",
          "metrics?project=p&run=one",
          "texts?project=p&run=one",
          "console?project=p&run=one");

  private static final List<String> OF_ALL_RUNS =
      List.of(
          "projects",
          "runs?project=p",
          "table?project=p",
          "table?project=p&filter=config.lr+%3C+0.3&sort=name&columns=name,state",
          "fields?project=p",
          "importance?project=p&target=summary.loss.min",
          "metrics?project=p",
          "sql?q=SELECT+count(*)+FROM+metrics");

  @TempDir Path folder;

  private void log(String id) throws IOException {
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("root"))
            .spool(folder.resolve("spool"))
            .project("p")
            .runId(id)
            .config(Map.of("lr", 0.1))
            .start()) {
      for (int step = 0; step < 10; step++) {
        run.log(step, "loss", step);
      }
    }
  }

  @Test
  void nothingIsSentAgainUntilSomethingChanged() throws Exception {
    log("one");
    log("two");
    try (Served served = new Served(folder.resolve("root"))) {
      Map<String, String> tags = new LinkedHashMap<>();
      for (List<String> paths : List.of(OF_A_RUN, OF_ALL_RUNS)) {
        for (String path : paths) {
          HttpResponse<byte[]> answer = served.get(Api.PREFIX + path);
          assertThat(answer.statusCode()).as(path).isEqualTo(200);
          assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache");
          tags.put(path, answer.headers().firstValue("ETag").orElseThrow());
        }
      }
      for (String path : tags.keySet()) {
        String tag = tags.getOrDefault(path, "");
        HttpResponse<byte[]> same = ask(served, path, tag);
        assertThat(same.statusCode()).as(path).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.headers().firstValue("ETag")).hasValue(tag);
        assertThat(same.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(same.headers().firstValue("Vary")).hasValue("Accept-Encoding");
        assertThat(same.headers().firstValue("Date")).as("tells the viewer's clock").isPresent();
      }
      log("three");
      for (String path : OF_A_RUN) {
        assertThat(ask(served, path, tags.getOrDefault(path, "")).statusCode())
            .as(path)
            .isEqualTo(304);
      }
      for (String path : OF_ALL_RUNS) {
        assertThat(ask(served, path, tags.getOrDefault(path, "")).statusCode())
            .as(path)
            .isEqualTo(200);
      }
    }
  }

  @Test
  void whatChangesByItselfHasNoTag() throws Exception {
    log("one");
    try (Served served = new Served(folder.resolve("root"))) {
      for (String path :
          List.of("server", "table?project=p&filter=started+%3E+2d+ago", "runs?project=nobody")) {
        HttpResponse<byte[]> answer = served.get(Api.PREFIX + path, "If-None-Match", "*");
        assertThat(answer.statusCode()).as(path).isIn(200, 404);
        assertThat(answer.headers().firstValue("ETag")).as(path).isEmpty();
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
      }
    }
  }

  @Test
  void aForkHasAnotherTagOnceItsAncestorChanges() throws Exception {
    log("one");
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("root"))
            .spool(folder.resolve("spool"))
            .project("p")
            .runId("child")
            .forkFrom("one", 5)
            .start()) {
      run.log(5, "loss", 1);
    }
    String path = "series?project=p&run=child&metric=loss";
    try (Served served = new Served(folder.resolve("root"))) {
      String tag = served.get(Api.PREFIX + path).headers().firstValue("ETag").orElseThrow();
      assertThat(ask(served, path, tag).statusCode()).isEqualTo(304);
      log("one"); // Another process of the ancestor.
      assertThat(ask(served, path, tag).statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<byte[]> ask(Served served, String path, String tag)
      throws IOException, InterruptedException {
    return served.get(Api.PREFIX + path, "If-None-Match", tag);
  }
}
