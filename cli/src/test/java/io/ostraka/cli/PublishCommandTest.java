package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishCommandTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void anEmptySpoolIsSaidToBeEmpty() {
    Terminal terminal = new Terminal(folder).with("OSTRAKA_SPOOL", "spool");

    assertThat(terminal.run("publish")).as(terminal.err()).isZero();
    assertThat(terminal.out()).contains("Nothing waits in " + folder.resolve("spool"));
  }

  @Test
  void theBarSaysHowFarItIs() {
    assertThat(PublishProgress.bar(1, 4, 2_500_000))
        .isEqualTo("[#######-----------------------] journal 1 of 4, 2.5 MB published");
  }
}
