package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.client.Resume;
import io.ostraka.client.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShowCommandTest {
  @TempDir private Path folder = Path.of("");

  private static final double NONE = ShownRuns.NOT_LOGGED;

  private String run = "";

  @BeforeEach
  void logARun() throws IOException {
    Map<String, Object> config = Map.of("lr", 0.1, "optimizer", Map.of("name", "adam"));
    run =
        new ShownRuns(folder)
            .log(
                "digits",
                "mlp \u001b[31m64",
                config,
                step -> step >= 180 ? Double.NaN : step == 77 ? 9 : 2 - step / 100);
  }

  private Terminal terminal() {
    return new Terminal(folder).with("OSTRAKA_ROOT", "runs");
  }

  @Test
  void everythingAboutARunIsShown() {
    Terminal terminal = terminal();

    assertThat(terminal.run("show", run)).as(terminal.err()).isZero();
    List<String> lines = terminal.out().lines().toList();
    assertThat(lines.get(0)).isEqualTo("mlp  [31m64  finished");
    assertThat(lines).contains("  run       digits/" + run, "  lr              0.1");
    assertThat(lines).contains("  optimizer.name  adam", "Metrics, step 0 to 199");
    assertThat(terminal.out()).containsPattern("loss +NaN +0.21 +9 +200  [▁▂▃▄▅▆▇█]+×+\n");
    assertThat(terminal.out()).containsPattern("RANK +STATE .*\n +0 +finished .* 204 +0\n");
    assertThat(terminal.out()).doesNotContain("\u001b");
  }

  @Test
  void aFailureIsShownUntilTheRunGoesOn() throws IOException {
    logOneStep(Resume.NEVER, true);
    Terminal terminal = terminal();
    assertThat(terminal.run("show", "twice")).as(terminal.err()).isZero();
    assertThat(terminal.out()).contains("rank 0: no room left");

    logOneStep(Resume.MUST, false);
    terminal = terminal();
    assertThat(terminal.run("show", "twice")).as(terminal.err()).isZero();
    assertThat(terminal.out()).contains("finished").doesNotContain("rank 0: no room left");
  }

  private void logOneStep(Resume resume, boolean fails) throws IOException {
    try (Run twice = new ShownRuns(folder).of("digits").runId("twice").resume(resume).start()) {
      twice.log(Map.of("loss", 1));
      if (fails) {
        twice.fail("no room left");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 60, 80, 140})
  void noLineIsLongerThanTheTerminalIsWide(int columns) {
    Terminal terminal = terminal().wide(columns).with("NO_COLOR", "1");

    assertThat(terminal.run("show", run)).isZero();
    assertThat(terminal.out().lines()).allMatch(line -> line.length() <= columns);
    assertThat(terminal.run("show", run, "--metric", "loss")).isZero();
    assertThat(terminal.out().lines()).allMatch(line -> line.length() <= columns);
    assertThat(terminal.out().lines().mapToInt(String::length).max()).hasValue(columns);
  }

  @Test
  void aLargerPlotHasAxesASpikeAndMarksWhereNothingIsFinite() {
    Terminal terminal = terminal();

    assertThat(terminal.run("show", run, "--metric", "loss")).as(terminal.err()).isZero();
    List<String> lines = terminal.out().lines().toList();
    assertThat(lines.get(0)).isEqualTo("loss  mlp  [31m64");
    assertThat(lines.get(1)).matches("   9┤ {25,33}\\S\\S?");
    assertThat(lines).anyMatch(line -> line.startsWith("0.21┤"));
    assertThat(lines).anyMatch(line -> line.matches(" {60,75}×+"));
    assertThat(lines).anyMatch(line -> line.matches(" +0 +step +199"));
    assertThat(lines).last().isEqualTo("× NaN or infinite: 20 points");
    assertThat(terminal.run("show", run, "--metric", "lo")).isEqualTo(1);
    assertThat(terminal.err())
        .isEqualTo(
            "ostraka: No metric \"lo\" in these runs; the nearest names are \"loss\", \"val/accuracy\"\n");
  }

  @Test
  void pointsFarApartAreJoinedAndAGapIsLeftOpen() throws IOException {
    new ShownRuns(folder).log("gaps", "gap", Map.of(), step -> step > 60 && step < 140 ? NONE : 1);
    Terminal terminal = terminal();

    assertThat(terminal.run("show", "gap", "--metric", "val/accuracy")).isZero();
    assertThat(terminal.out()).as("four points").contains("⠒".repeat(40));
    assertThat(terminal.run("show", "gap", "--metric", "loss")).isZero();
    assertThat(terminal.out()).containsPattern("⠒⠒⠒[⠂ ] {20,35}[⠐ ]?⠒⠒⠒");
  }

  @Test
  void jsonHasTheSameForPrograms() throws IOException {
    Terminal terminal = terminal();

    assertThat(terminal.run("show", "runs", run, "--format", "json")).isZero();
    JsonNode json = new ObjectMapper().readTree(terminal.out());
    assertThat(json.path("run").asText()).isEqualTo(run);
    assertThat(json.path("config").path("optimizer").path("name").asText()).isEqualTo("adam");
    JsonNode loss = json.path("metrics").path(0);
    assertThat(loss.path("last").asText()).isEqualTo("NaN");
    assertThat(loss.path("max").asDouble()).isEqualTo(9);
    assertThat(json.path("writers").path(0).path("rank").asInt(-1)).isZero();
  }

  @Test
  void whatIsWrongIsOneLine() {
    Terminal terminal = terminal();

    assertThat(terminal.run("show")).isEqualTo(2);
    assertThat(terminal.err()).startsWith("ostraka: Say which run").hasLineCount(1);
    assertThat(terminal.run("show", "runs", run, "more")).isEqualTo(2);
    assertThat(terminal.run("show", run, "--format", "xml")).isEqualTo(2);
    assertThat(terminal.err()).contains("there are table, json").hasLineCount(1);
    assertThat(terminal.run("show", "nobody")).isEqualTo(1);
    assertThat(terminal.err()).contains("no run \"nobody\"; the nearest are").hasLineCount(1);
    assertThat(terminal.run("show", "nowhere", run)).isEqualTo(1);
    assertThat(terminal.err()).contains("there are no runs").hasLineCount(1);
  }
}
