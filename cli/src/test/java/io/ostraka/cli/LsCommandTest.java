package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

  @Test
  void filtersAndSortsRunsAndShowsTheFieldsAskedFor() throws IOException {
    log("digits", "first", 5);
    log("digits", "second", 7);
    log("digits", "third", 9);
    Terminal terminal = new Terminal(folder);
    String filter = "summary.loss.count < 9 and config.lr = 0.1 and name != x";

    assertThat(
            terminal.run("ls", "runs", "digits", "--filter", filter, "--sort=-summary.loss.count"))
        .as(terminal.err())
        .isZero();
    List<String> lines = terminal.out().lines().toList();
    assertThat(lines.get(0)).endsWith("summary.loss.count  config.lr");
    assertThat(lines.subList(1, lines.size()))
        .satisfiesExactly(
            line -> assertThat(line).contains("second").endsWith("7                   0.1"),
            line -> assertThat(line).contains("first").endsWith("5                   0.1"));
    assertThat(terminal.run("ls", "runs", "digits", "--json", "--limit", "1")).isZero();
    assertThat(new ObjectMapper().readTree(terminal.out()).path("runs")).hasSize(1);
    assertThat(terminal.err()).contains("1 of the 3 runs that match");
  }

  @Test
  void showsWhereAFilterDoesNotParse() throws IOException {
    log("digits", "first", 1);
    Terminal terminal = new Terminal(folder);

    assertThat(terminal.run("ls", "runs", "digits", "--filter", "state = runing")).isEqualTo(2);
    assertThat(terminal.err().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("state = runing"),
            line -> assertThat(line).isEqualTo("        ^"),
            line -> assertThat(line).contains("at character 9: expected running, "));
    assertThat(terminal.run("ls", "runs", "digits", "--sort", "config.lr desc")).isEqualTo(2);
    assertThat(terminal.run("ls", "runs", "digits", "--limit", "0")).isEqualTo(2);
    assertThat(terminal.run("ls", "runs", "--limit", "1")).isEqualTo(2);
    assertThat(terminal.err()).contains("name their PROJECT too").hasLineCount(1);
    assertThat(terminal.run("ls", "runs", "digits", "--filter", "config.rl = 1")).isZero();
    assertThat(terminal.err()).contains("No run has config.rl; the nearest are config.lr");
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
