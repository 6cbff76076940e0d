package io.ostraka.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {
  @TempDir private Path folder = Path.of("");

  private Terminal terminal() {
    return new Terminal(folder).with("OSTRAKA_SPOOL", "spool").with("OSTRAKA_ROOT", "runs");
  }

  @Test
  void nothingAnywhereIsTwoLines() {
    Terminal terminal = terminal();
    assertThat(terminal.run("status")).as(terminal.err()).isZero();
    assertThat(terminal.out())
        .hasLineCount(2)
        .contains("not there, so nothing waits", "every run has ended");
    assertThat(folder.resolve("spool")).doesNotExist();
  }

  @Test
  void aRunThatGoesOnIsShownWithItsWriterAndItsJournal() throws IOException {
    Terminal terminal = terminal();
    try (Run run = start()) {
      run.log(1, "loss", 0.5);
      run.flush();
      assertThat(terminal.run("status")).as(terminal.err()).isZero();
      assertThat(terminal.out())
          .contains("Agent: not running", "alive", "running", run.id(), run.writerId());
    }
    assertThat(terminal.run("status")).as(terminal.err()).isZero();
    assertThat(terminal.out()).contains("Nothing waits", "every run has ended");
  }

  @Test
  void aJournalThatNobodyPublishesSaysHowMuchWaitsAndWhy() throws IOException {
    Run run = start();
    Files.move(folder.resolve("runs"), folder.resolve("away"));
    run.log(1, "loss", 0.5);
    assertThat(closes(run)).isFalse();
    Terminal terminal = terminal();
    assertThat(terminal.run("status")).isEqualTo(StatusCommand.WANTS_A_LOOK);
    assertThat(terminal.out()).contains("closed", "the root is not mounted", " bytes");

    assertThat(terminal.run("status", "--json")).isEqualTo(StatusCommand.WANTS_A_LOOK);
    JsonNode journal =
        new ObjectMapper().readTree(terminal.out()).path("spool").path("journals").path(0);
    assertThat(journal.path("run").asText()).isEqualTo(run.id());
    assertThat(journal.path("state").asText()).isEqualTo("closed");
    assertThat(journal.path("waiting_bytes").asLong()).isPositive();
    assertThat(journal.path("oldest_seconds").isNumber()).isTrue();
  }

  @Test
  void aCopiedSpoolAJournalOfJunkAndARootThatIsNotThereAreNamed() throws IOException {
    start().close();
    Files.createDirectory(folder.resolve("copy"));
    Files.copy(folder.resolve("spool/id"), folder.resolve("copy/id"));
    Files.write(
        folder.resolve("copy/r000000-0000000000000000.000000.journal"), new byte[] {1, 2, 3});
    Files.write(
        folder.resolve("copy/r000001-0000000000000000.000000.journal"),
        "OSTRAKA JOURNAL\u0001 what is this, no header of ours".getBytes(UTF_8));
    Terminal terminal = terminal();
    assertThat(terminal.run("status", "--spool", "copy")).isEqualTo(StatusCommand.WANTS_A_LOOK);
    assertThat(terminal.out())
        .contains("is a copy of another spool", "is damaged; its files are kept");
    assertThat(terminal.run("status", "nowhere")).isEqualTo(1);
    assertThat(terminal.err()).hasLineCount(1).contains("nowhere is not there");
    Files.writeString(folder.resolve("copy/id"), "junk");
    assertThat(terminal.run("status", "--spool", "copy")).isEqualTo(1);
    assertThat(terminal.err()).hasLineCount(1).contains("Cannot use the spool");
  }

  private Run start() throws IOException {
    return Ostraka.run()
        .root(folder.resolve("runs"))
        .spool(folder.resolve("spool"))
        .project("digits")
        .closeWithin(Duration.ofMillis(300))
        .start();
  }

  private static boolean closes(Run run) {
    try {
      run.close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
