package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffCommandTest {
  @TempDir private Path folder = Path.of("");

  private Terminal terminal = new Terminal(folder);

  @BeforeEach
  void logRuns() throws IOException {
    terminal = new Terminal(folder).with("OSTRAKA_ROOT", "runs");
    ShownRuns runs = new ShownRuns(folder);
    runs.log("digits", "a", Map.of("lr", 0.1, "seed", 1), step -> 1);
    runs.log("digits", "b", Map.of("lr", 0.2, "seed", 1), step -> 1 + 1e-9);
    runs.log("words", "c", Map.of("lr", 0.1, "seed", 1, "layers", 3), step -> 1);
  }

  @Test
  void showsInWhatRunsDifferAndHowMuchIsTheSame() {
    assertThat(terminal.run("diff", "a", "b")).as(terminal.err()).isZero();
    assertThat(terminal.out())
        .isEqualTo(
            """
                  a    b
            config
              lr    0.1  0.2
            summary
              loss  1.0  1.000000001

            3 values are the same in all of them
            """
                .replace("      a    b\n", "        a    b\n"));
  }

  @Test
  void runsOfSeveralProjectsAreComparedAndAMissingValueIsADifference() {
    assertThat(terminal.run("diff", "runs", "a", "words/c", "b")).as(terminal.err()).isZero();
    assertThat(terminal.out()).containsPattern("layers +· +3 +·\n");
    assertThat(terminal.run("diff", "a", "c", "--root", "runs")).isZero();
    assertThat(terminal.out()).doesNotContain("loss");
  }

  @Test
  void whereThereIsNoRoomSideBySideTheRunsStandOneBelowTheOther() {
    terminal.wide(40).with("NO_COLOR", "1");

    assertThat(terminal.run("diff", "a", "b", "c")).as(terminal.err()).isZero();
    assertThat(terminal.out()).contains("config.lr\n  a  0.1\n  b  0.2\n  c  0.1\n");
  }

  @Test
  void jsonIsThatOfTheViewerWithCodeAndCommand() throws IOException {
    assertThat(terminal.run("diff", "a", "b", "--format", "json")).isZero();
    JsonNode json = new ObjectMapper().readTree(terminal.out());
    assertThat(json.path("config").toString())
        .isEqualTo("[{\"field\":\"config.lr\",\"values\":[0.1,0.2]}]");
    assertThat(json.path("summary").path(0).path("values").path(1).asDouble()).isEqualTo(1 + 1e-9);
    assertThat(json.path("git").isEmpty()).isTrue();
    assertThat(json.path("runs").path(0).path("project").asText()).isEqualTo("digits");
  }

  @Test
  void whatIsWrongIsOneLine() throws IOException {
    assertThat(terminal.run("diff", "a")).isEqualTo(2);
    assertThat(terminal.err()).contains("two or more").hasLineCount(1);
    assertThat(terminal.run("diff", "a", "digits/a")).isEqualTo(2);
    assertThat(terminal.err()).contains("all the same run, digits/").hasLineCount(1);
    assertThat(terminal.run("diff", "a", "b", "z")).isEqualTo(1);
    assertThat(terminal.err()).contains("no run \"z\"").hasLineCount(1);
    Files.createDirectory(folder.resolve("empty"));
    assertThat(terminal.run("diff", "empty", "a", "b")).isEqualTo(1);
    assertThat(terminal.err()).contains("empty: there is no run \"a\"").hasLineCount(1);
  }
}
