package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.compact.CompactionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompactCommandTest {
  @TempDir private Path folder = Path.of("");

  private Path metrics = Path.of("");

  @BeforeEach
  void logRuns() throws IOException {
    LoggedRun run = new LoggedRoot(folder.resolve("runs"), folder.resolve("spool")).log();
    metrics = run.folder(LoggedRoot.RANK_0).resolve("metrics");
  }

  @Test
  void mergesWhatItIsToldAndSaysWhatWaits() throws IOException {
    long before = shards();
    Terminal terminal = new Terminal(folder).with("OSTRAKA_ROOT", "runs");
    assertThat(terminal.run("compact", "sound")).as(terminal.err()).isZero();
    assertThat(terminal.out()).contains(" after; ", "stay for readers that have them open, 15 min");
    assertThat(shards()).isEqualTo(before + 1);
    assertThat(terminal.run("compact", folder.resolve("runs").toString())).isZero();
    assertThat(terminal.run("doctor")).as(terminal.out()).isZero();
    assertThat(terminal.out()).contains("all is well");
  }

  @Test
  void waitsAndRemovesWhatIsMerged() throws IOException {
    Terminal terminal = new Terminal(folder);
    CompactionSettings soon =
        new CompactionSettings(System::nanoTime, Duration.ofMillis(1), new Semaphore(1));
    CommandLine line = new CommandLine(new CompactCommand(terminal.surroundings(), soon));
    assertThat(line.execute("runs", "--wait")).as(terminal.err()).isZero();
    assertThat(terminal.out()).contains("Removed ");
    assertThat(shards()).isEqualTo(1);
    assertThat(terminal.run("doctor", "runs")).isZero();
    assertThat(terminal.out()).contains("all is well");
  }

  @Test
  void whatIsNeitherFolderNorRunIsOneLine() {
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("compact", "nothing", "--root", "runs")).isEqualTo(1);
    assertThat(terminal.err()).contains("there is no run \"nothing\"").hasLineCount(1);
    assertThat(terminal.run("compact", "--root", "nowhere")).isEqualTo(1);
    assertThat(terminal.err()).hasLineCount(1);
  }

  private long shards() throws IOException {
    try (var files = Files.list(metrics)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    }
  }
}
