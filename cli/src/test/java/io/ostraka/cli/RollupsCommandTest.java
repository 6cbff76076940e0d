package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.shard.RollupRule;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RollupsCommandTest {
  @TempDir private Path folder = Path.of("");

  private Path rollups = Path.of("");

  @BeforeEach
  void logRuns() throws IOException {
    LoggedRun run = new LoggedRoot(folder.resolve("runs"), folder.resolve("spool")).log();
    rollups = run.folder().resolve("_rollups");
  }

  @Test
  void makesWhatIsMissingAndRemovesAllWhenTold() {
    Terminal terminal = new Terminal(folder).with("OSTRAKA_ROOT", "runs");
    RollupRule rule = new RollupRule(5, 1, 1000);
    assertThat(execute(terminal, rule, "sound")).as(terminal.err()).isZero();
    assertThat(terminal.out()).contains(" roll-ups made (", ", 0 were there, 0 removed");
    assertThat(rollups).isNotEmptyDirectory();
    assertThat(terminal.run("doctor")).as(terminal.out()).isZero();
    assertThat(terminal.out()).contains("all is well");
    assertThat(execute(terminal, rule, "runs")).isZero();
    assertThat(terminal.run("rollups", "--delete", "runs")).isZero();
    assertThat(terminal.out()).contains("Removed ");
    assertThat(rollups).doesNotExist();
    assertThat(terminal.run("doctor")).as(terminal.out()).isZero();
  }

  @Test
  void smallShardsHaveNone() {
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("rollups", "runs")).as(terminal.err()).isZero();
    assertThat(terminal.out())
        .contains("0 roll-ups made (0.0 MB), 0 were there, 0 removed whose shards are no more");
    assertThat(rollups).doesNotExist();
  }

  @Test
  void whatIsNeitherFolderNorRunIsOneLine() {
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("rollups", "nothing", "--root", "runs")).isEqualTo(1);
    assertThat(terminal.err()).contains("there is no run \"nothing\"").hasLineCount(1);
  }

  private static int execute(Terminal terminal, RollupRule rule, String... arguments) {
    return new CommandLine(new RollupsCommand(terminal.surroundings(), rule)).execute(arguments);
  }
}
