package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"veiw", "view --prot 1", "view --port many", "ls a b c", "help veiw", ""})
  void aWrongCallIsOneLineAndExitCode2(String call) {
    Terminal terminal = new Terminal(folder);
    String[] arguments = call.isEmpty() ? new String[0] : call.split(" ", -1);

    assertThat(terminal.run(arguments)).isEqualTo(2);
    assertThat(terminal.out()).isEmpty();
    assertThat(terminal.err()).startsWith("ostraka: ").contains("explains").hasLineCount(1);
  }

  @Test
  void aFailureIsOneLineAndExitCode1() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no root");
    Terminal terminal = new Terminal(folder);

    assertThat(terminal.run("ls", "file")).isEqualTo(1);
    assertThat(terminal.err()).contains(file.toString()).hasLineCount(1);
  }

  @Test
  void debugShowsWhereAFailureCameFrom() throws IOException {
    Files.writeString(folder.resolve("file"), "no root");
    Terminal terminal = new Terminal(folder);

    assertThat(terminal.run("ls", "file", "--debug")).isEqualTo(1);
    assertThat(terminal.err()).contains("\tat io.ostraka");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo", "view", "ls", "show", "diff", "top", "sql", "export", "rename", "tag", "note", "rm",
        "doctor", "compact", "rollups", "publish", "agent", "version", "help"
      })
  void everyCommandExplainsItself(String command) {
    Terminal terminal = new Terminal(folder);

    assertThat(terminal.run("help", command)).isZero();
    String help = terminal.out();
    assertThat(help).startsWith("Usage: ostraka " + command);
    assertThat(terminal.run(command, "--help")).isZero();
    assertThat(terminal.out()).isEqualTo(help);
  }

  @Test
  void helpNamesEveryCommandThatAPersonCalls() {
    Terminal terminal = new Terminal(folder);

    assertThat(terminal.run("help")).isZero();
    assertThat(terminal.out())
        .contains(
            "  demo",
            "  view",
            "  ls",
            "  rename",
            "  tag",
            "  note",
            "  rm",
            "  doctor",
            "  compact",
            "  rollups",
            "  publish",
            "  agent",
            "  version")
        .doesNotContain("rehearse");
  }

  @Test
  void theRehearsalDoesALittleOfEverything() {
    Terminal terminal = new Terminal(folder);

    assertThat(terminal.run("rehearse", folder.toString())).as(terminal.err()).isZero();
    assertThat(folder.resolve("runs/project=rehearsal")).isDirectory();
  }
}
