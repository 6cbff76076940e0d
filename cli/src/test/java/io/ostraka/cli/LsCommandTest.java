package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LsCommandTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void listsProjectsAndRunsWithStatesAndPoints() throws IOException {
    log("digits", "first", 5);
    log("digits", "second", 7);
    log("übung 🙂", "third", 1);
    Terminal terminal = new Terminal(folder).with("OSTRAKA_ROOT", "runs");

    assertThat(terminal.run("ls")).as(terminal.err()).isZero();
    assertThat(terminal.out().lines().skip(1).map(line -> line.split("  +", -1)[0]))
        .containsExactlyInAnyOrder("digits", "übung 🙂");
    assertThat(terminal.run("ls", "runs", "digits")).isZero();
    assertThat(terminal.out()).contains("first", "second", "finished").hasLineCount(3);
  }

  @Test
  void printsJsonForPrograms() throws IOException {
    String run = log("digits", "first", 5);
    Terminal terminal = new Terminal(folder);

    assertThat(terminal.run("ls", "runs", "digits", "--json")).as(terminal.err()).isZero();
    JsonNode answer = new ObjectMapper().readTree(terminal.out());
    JsonNode listed = answer.path("runs").path(0);
    assertThat(listed.path("run").asText()).isEqualTo(run);
    assertThat(listed.path("state").asText()).isEqualTo("finished");
    assertThat(listed.path("config").path("lr").asDouble()).isEqualTo(0.1);
    assertThat(listed.path("writers").path(0).path("rows").path("metrics").asLong()).isEqualTo(5);
    assertThat(answer.path("problems")).isEmpty();
  }

  @Test
  void aRootOrProjectThatIsNotThereIsNamed() throws IOException {
    Terminal terminal = new Terminal(folder);

    assertThat(terminal.run("ls", "nowhere")).isEqualTo(1);
    assertThat(terminal.err()).contains(folder.resolve("nowhere").toString());
    log("digits", "first", 1);
    assertThat(terminal.run("ls", "runs", "letters")).isEqualTo(1);
    assertThat(terminal.err()).contains("letters");
  }

  private String log(String project, String name, int points) throws IOException {
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("runs"))
            .spool(folder.resolve("spool"))
            .project(project)
            .name(name)
            .config(Map.of("lr", 0.1))
            .start()) {
      for (int step = 0; step < points; step++) {
        run.log(step, "loss", 1.0);
      }
      return run.id();
    }
  }
}
