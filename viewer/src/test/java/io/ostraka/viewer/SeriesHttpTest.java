package io.ostraka.viewer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 2 of {@code docs/http.md}, byte by byte. */
class SeriesHttpTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SERIES = "/api/v1/series?project=digits&run=one&metric=loss";

  @TempDir Path folder;
  private Served served;

  @BeforeEach
  void log() throws Exception {
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("root"))
            .spool(folder.resolve("spool"))
            .project("digits")
            .runId("one")
            .start()) {
      run.log(0, "loss", 1);
      run.log(0, "loss", 2);
      run.log(1, "loss", 6);
      run.log(2, "loss", Double.NaN);
      run.log(1000, "loss", 0.1);
    }
    served = new Served(folder.resolve("root"));
  }

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void aBinHasTheMeanOfItsFiniteValues() throws Exception {
    assertThat(columns(SERIES + "&bins=2"))
        .containsEntry("mean", List.of(3.0, (double) 0.1f))
        .containsEntry("count", List.of(4.0, 1.0));
  }

  @Test
  void fewPointsAreGivenAsTheyAre() throws Exception {
    String path = SERIES + "&bins=10&exact=yes";
    JsonNode series = head(path).get("series").get(0);
    assertThat(series.get("points").asInt()).isEqualTo(5);
    assertThat(series.get("exact").asBoolean()).isTrue();
    assertThat(series.has("bins")).isFalse();
    assertThat(columns(path))
        .containsEntry("x", List.of(0.0, 0.0, 1.0, 2.0, 1000.0))
        .containsEntry("value", List.of(1.0, 2.0, 6.0, Double.NaN, 0.1));
    assertThat(head(SERIES + "&bins=4&exact=yes").get("series").get(0).has("bins")).isTrue();
  }

  @Test
  void ofRepeatedStepsOnlyTheLastValueCountsIfSoAsked() throws Exception {
    assertThat(columns(SERIES + "&bins=10&exact=yes&repeats=last"))
        .containsEntry("value", List.of(2.0, 6.0, Double.NaN, 0.1));
    assertThat(columns(SERIES + "&bins=2&repeats=last"))
        .containsEntry("mean", List.of(4.0, (double) 0.1f));
  }

  @Test
  void everyReductionKeepsWhatIsNotFinite() throws Exception {
    for (String reduce : List.of("m4", "lttb", "last")) {
      assertThat(columns(SERIES + "&bins=4&reduce=" + reduce).get("value"))
          .as(reduce)
          .contains(Double.NaN, 0.1);
    }
  }

  @Test
  void smoothsBeforeItCutsAndTellsTheRangeWithoutOutliers() throws Exception {
    String path = SERIES + "&reduce=last&bins=2&from=1&smooth=ema:0.5&clip=p0,p50";
    List<Double> values = Objects.requireNonNull(columns(path).get("value"));
    assertThat(values.get(0)).isNaN();
    assertThat(values.get(1)).isCloseTo(3.725 / 1.875, within(1e-12));
    JsonNode clip = head(path.replace("bins=2", "bins=3")).get("clip");
    assertThat(clip.get("low").asDouble()).isCloseTo(3.725 / 1.875, within(1e-12));
    assertThat(clip.get("high").asDouble())
        .isCloseTo((3.725 / 1.875 + 7.25 / 1.75) / 2, within(1e-12));
  }

  @Test
  void aGroupHasItsRunsAndHowFarTheyAreApart() throws Exception {
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("root"))
            .spool(folder.resolve("spool"))
            .project("digits")
            .runId("two")
            .start()) {
      run.log(0, "loss", 5);
    }
    String path = SERIES + "&run=two&bins=2&group=run.group&stat=std";
    JsonNode series = head(path).get("series").get(0);
    assertThat(series.get("run").isNull()).isTrue();
    assertThat(series.get("group").toString())
        .isEqualTo("{\"value\":null,\"runs\":[\"one\",\"two\"]}");
    assertThat(columns(path))
        .containsEntry("mean", List.of(4.0, (double) 0.1f))
        .containsEntry("std", List.of((double) (float) Math.sqrt(2), Double.NaN))
        .containsEntry("members", List.of(2.0, 1.0));
  }

  @Test
  void evaluatesFormulasAndTakesAnotherMetricForX() throws Exception {
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("root"))
            .spool(folder.resolve("spool"))
            .project("digits")
            .runId("three")
            .start()) {
      run.log(0, "train/loss", 1, "tokens", 0.25);
      run.log(1, "train/loss", 3);
      run.log(2, "train/loss", 5, "tokens", 0.75);
    }
    String path = "/api/v1/series?project=digits&run=three&bins=10&exact=yes&metric=";
    String formula = URLEncoder.encode("=2 * `train/loss` - tokens", StandardCharsets.UTF_8);
    assertThat(columns(path + formula))
        .containsEntry("x", List.of(0.0, 2.0))
        .containsEntry("value", List.of(1.75, 9.25));
    String placed = path + "train/loss&x=metric:tokens";
    assertThat(columns(placed))
        .containsEntry("x", List.of(0.25, 0.25, 0.75))
        .containsEntry("value", List.of(1.0, 3.0, 5.0));
    assertThat(columns(placed + "&from=-1e300&to=1e300")).isEqualTo(columns(placed));
    String binned = placed.replace("&bins=10&exact=yes", "&bins=6");
    assertThat(head(binned).get("width").asDouble()).isEqualTo(0.1);
    assertThat(head(binned).get("series").get(0).get("first").asDouble()).isEqualTo(0.25);
    assertThat(columns(binned))
        .containsEntry("bin", List.of(2.0, 7.0))
        .containsEntry("mean", List.of(2.0, 5.0));
  }

  @Test
  void refusesInOneLineWhatNoChartCanBe() throws Exception {
    Map<String, String> refused = new LinkedHashMap<>();
    refused.put("&bins=0", "bins = 0 is outside 2 to 10000");
    refused.put("&bins=1000000000", "bins = 1000000000 is outside 2 to 10000");
    refused.put("&bins=1000000000000", "bins = 1000000000000 is out of range");
    refused.put("&bins=many", "bins = \"many\" is not a whole number");
    refused.put("&from=7&to=3", "from = 7 is greater than to = 3");
    refused.put("&from=NaN", "from = \"NaN\" is not a number");
    refused.put("&from=1e999999999", "from = 1e999999999 is out of range");
    refused.put("&width=10", "width and above belong together; give both or none");
    refused.put(
        "&width=0&above=0000000000000000",
        "width = 0 is not 1, 2 or 5 times a power of ten; give that of the answer");
    refused.put(
        "&width=10&above=x", "Not a watermark: \"x\"; give the one of an earlier answer, or none");
    refused.put("&ranks=all", "ranks = \"all\" is not merge, each or band");
    refused.put("&repeats=first", "repeats = \"first\" is not all or last");
    refused.put("&reduce=mean", "reduce = \"mean\" is not bins, m4, lttb or last");
    refused.put("&clip=1,99", "clip = \"1,99\" is not two percentiles such as p1,p99");
    refused.put("&clip=p99,p1", "clip from p99.0 to p1.0 is not a range within p0 to p100");
    refused.put("&smooth=mean:4", "smooth = \"mean:4\" needs an odd window of 1 to 10001 points");
    refused.put(
        "&group=lr",
        "group = \"lr\" is not run.group, run.name, run.state, run.job_type, tag or config.<key>");
    refused.put("&stat=std", "stat is of groups; give group, or no stat");
    refused.put(
        "&group=tag&ranks=each",
        "A group takes each run as a whole; ask for ranks = merge, or for no group");
    refused.put(
        "&ranks=band&reduce=m4",
        "A line of several members is made of bins; ask for reduce = bins, or for each by itself");
    refused.put(
        "&metric=%3D(loss-1", "The formula \"(loss-1\" is wrong at its end: \")\" is expected");
    refused.put(
        "&x=metric:loss&width=1&above=0000000000000000",
        "On the axis of another metric every answer is whole; leave width and above out");
    refused.put("&x=metric:", "x = \"metric:\" is not step, time, relative or metric:<name>");
    refused.put("&exact=true", "exact = \"true\" is not no or yes");
    for (Map.Entry<String, String> one : refused.entrySet()) {
      HttpResponse<byte[]> response = served.get(SERIES + one.getKey());
      assertThat(response.statusCode()).as(one.getKey()).isEqualTo(400);
      assertThat(JSON.readTree(response.body()).get("error").asText()).isEqualTo(one.getValue());
    }
  }

  @Test
  void saysWhichNamesComeNear() throws Exception {
    String series = "/api/v1/series?project=digits&";
    HttpResponse<byte[]> run = served.get(series + "run=on&metric=loss");
    assertThat(run.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(run.body()).get("error").asText())
        .isEqualTo("No run \"on\" in project \"digits\"; the nearest names are \"one\"");
    HttpResponse<byte[]> metric = served.get(series + "run=one&metric=los");
    assertThat(metric.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(metric.body()).get("error").asText())
        .isEqualTo("No metric \"los\" in these runs; the nearest names are \"loss\"");
  }

  private JsonNode head(String path) throws Exception {
    return head(answer(path));
  }

  private static JsonNode head(byte[] answer) throws Exception {
    return JSON.readTree(answer, 4, inOrder(answer).getInt());
  }

  private static ByteBuffer inOrder(byte[] answer) {
    return ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
  }

  private byte[] answer(String path) throws Exception {
    HttpResponse<byte[]> response = served.get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  /** The columns of the first series. */
  private Map<String, List<Double>> columns(String path) throws Exception {
    byte[] bytes = answer(path);
    JsonNode series = head(bytes).get("series").get(0);
    ByteBuffer answer = inOrder(bytes);
    answer.position(4 + answer.getInt());
    int size = series.get(series.has("points") ? "points" : "bins").asInt();
    Map<String, List<Double>> columns = new LinkedHashMap<>();
    for (JsonNode name : series.get("columns")) {
      Double[] values = new Double[size];
      for (int i = 0; i < size; i++) {
        values[i] =
            switch (name.asText()) {
              case "bin", "count", "nonfinite", "writer", "members" -> (double) answer.getInt();
              case "x", "value" -> answer.getDouble();
              default -> (double) answer.getFloat();
            };
      }
      columns.put(name.asText(), List.of(values));
    }
    return columns;
  }
}
