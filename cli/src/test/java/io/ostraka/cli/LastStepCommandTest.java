package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastStepCommandTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void printsTheNumberOrNothing() throws IOException {
    String run = log(5);
    String empty = log(0);
    Terminal terminal = new Terminal(folder).with("OSTRAKA_SPOOL", "spool");

    assertThat(terminal.run("last-step", "runs", "digits", run)).as(terminal.err()).isZero();
    assertThat(terminal.out()).isEqualTo("4\n");
    assertThat(terminal.run("last-step", "runs", "digits", empty)).as(terminal.err()).isZero();
    assertThat(terminal.out()).isEmpty();
  }

  @Test
  void anUnknownRunIsOneLine() {
    Terminal terminal = new Terminal(folder).with("OSTRAKA_SPOOL", "spool");

    assertThat(terminal.run("last-step", "runs", "digits", "first")).isEqualTo(1);
    assertThat(terminal.err()).hasLineCount(1).contains("no run \"first\"");
  }

  private String log(int points) throws IOException {
    try (Run run =
        Ostraka.run()
            .root(folder.resolve("runs"))
            .spool(folder.resolve("spool"))
            .project("digits")
            .start()) {
      for (int step = 0; step < points; step++) {
        run.log(step, "loss", 1.0);
      }
      return run.id();
    }
  }
}
