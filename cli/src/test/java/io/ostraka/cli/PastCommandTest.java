package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PastCommandTest {
  @TempDir private Path folder = Path.of("");
  private Terminal terminal = new Terminal(folder);

  @BeforeEach
  void logTwoRunsOfOneName() throws IOException {
    terminal = new Terminal(folder).with("OSTRAKA_SPOOL", "spool");
    log("first", 5);
    log("second", 3);
  }

  @Test
  void saysTheWritersWithTheirCardsAndTheLastStep() throws IOException {
    JsonNode answer = ask("--last-step", "runs", "digits", "first");

    assertThat(answer.path("run").asText()).isEqualTo("first");
    assertThat(answer.path("last_step").asLong()).isEqualTo(4);
    assertThat(answer.path("writers")).hasSize(1);
    JsonNode writer = answer.path("writers").get(0);
    assertThat(writer.path("ended").asBoolean()).isTrue();
    assertThat(writer.path("running").asBoolean()).isFalse();
    assertThat(writer.path("silent_seconds").asDouble(-1)).isBetween(0.0, 600.0);
    assertThat(writer.path("card").path("config").path("lr").asDouble()).isEqualTo(0.5);
  }

  @Test
  void whatIsNotThereHasNoWriters() throws IOException {
    JsonNode answer = ask("--last-step", "--fork", "second", "runs", "digits", "third");

    assertThat(answer.path("writers").isEmpty()).isTrue();
    assertThat(answer.has("last_step")).isFalse();
    assertThat(answer.path("fork").path("run").asText()).isEqualTo("second");
    assertThat(answer.path("fork").path("writers")).hasSize(1);
  }

  @Test
  void theLatestRunOfANameIsFound() throws IOException {
    JsonNode named = ask("--name", "twin", "runs", "digits", "new");
    assertThat(named.path("run").asText()).isEqualTo("second");
    assertThat(named.path("named").asBoolean()).isTrue();

    JsonNode unknown = ask("--name", "nobody", "runs", "digits", "new");
    assertThat(unknown.path("run").asText()).isEqualTo("new");
    assertThat(unknown.has("named")).isFalse();
  }

  @Test
  void aDeletedRunSaysWhen() throws IOException {
    assertThat(terminal.run("rm", "--root", "runs", "first")).as(terminal.err()).isZero();

    JsonNode answer = ask("runs", "digits", "first");
    assertThat(answer.path("deleted_at").asText()).startsWith("20");
    assertThat(answer.path("writers").isEmpty()).isTrue();
  }

  private JsonNode ask(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = "past";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    assertThat(terminal.run(command)).as(terminal.err()).isZero();
    return new ObjectMapper().readTree(terminal.out());
  }

  private void log(String id, int points) throws IOException {
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("runs"))
            .spool(folder.resolve("spool"))
            .project("digits")
            .runId(id)
            .name("twin")
            .config(Map.of("lr", 0.5))
            .start()) {
      for (int step = 0; step < points; step++) {
        run.log(step, "loss", 1.0);
      }
    }
  }
}
