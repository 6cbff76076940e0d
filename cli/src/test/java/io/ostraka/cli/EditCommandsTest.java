package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EditCommandsTest {
  @TempDir private Path folder = Path.of("");

  private Terminal terminal = new Terminal(folder);

  @BeforeEach
  void logThreeRuns() throws IOException {
    terminal = new Terminal(folder).with("OSTRAKA_ROOT", "runs");
    log("digits", "run-a1", "mlp-64");
    log("digits", "run-a2", "mlp-128");
    log("words/en", "run-b1", "mlp-64");
  }

  @Test
  void aRunIsMeantByIdNamePrefixOrProject() {
    for (String meant : new String[] {"run-a2", "mlp-128", "digits/mlp-128", "digits/run-a2"}) {
      assertThat(terminal.run("rename", meant, "mlp-128")).as(terminal.err()).isZero();
      assertThat(terminal.out()).startsWith("digits/run-a2 is now named");
    }
    for (String meant : new String[] {"run-b", "words/en/mlp-64", "words/en/r"}) {
      assertThat(terminal.run("tag", meant)).as(terminal.err()).isZero();
      assertThat(terminal.out()).isEqualTo("words/en/run-b1 has no tags\n");
    }
    assertThat(terminal.run("tag", "mlp-64", "--project", "words/en")).isZero();
    assertThat(terminal.run("tag", "mlp-64", "--root", "runs", "--project", "digits")).isZero();
    assertThat(terminal.out()).startsWith("digits/run-a1");
  }

  @Test
  void whatMayMeanSeveralRunsIsOneLineThatNamesThem() {
    assertThat(terminal.run("note", "mlp-64", "x")).isEqualTo(1);
    assertThat(terminal.err())
        .hasLineCount(1)
        .contains("any of 2 runs", "mlp-64 (digits/run-a1)", "mlp-64 (words/en/run-b1)");
    assertThat(terminal.run("rm", "run-a")).isEqualTo(1);
    assertThat(terminal.err()).contains("digits/run-a1", "digits/run-a2").hasLineCount(1);
  }

  @Test
  void whatMeansNoRunIsOneLineWithTheNearest() {
    assertThat(terminal.run("rm", "mlp-65")).isEqualTo(1);
    assertThat(terminal.err())
        .hasLineCount(1)
        .contains("there is no run \"mlp-65\"; the nearest are mlp-64 (");
    assertThat(terminal.run("rm", "x", "--project", "letters")).isEqualTo(1);
    assertThat(terminal.err()).hasLineCount(1).contains("no project named letters");
    assertThat(terminal.run("rm", "x", "--root", "nowhere")).isEqualTo(1);
    assertThat(terminal.err()).hasLineCount(1).contains(folder.resolve("nowhere").toString());
  }

  @Test
  void tagsAreAddedAndRemovedBySignOrOption() {
    assertThat(terminal.run("tag", "run-a1", "+best", "new", "-never")).isZero();
    assertThat(terminal.out()).isEqualTo("digits/run-a1 is tagged best, new\n");
    assertThat(terminal.run("tag", "run-a1", "-best", "+seen")).isZero();
    assertThat(terminal.out()).isEqualTo("digits/run-a1 is tagged new, seen\n");
    assertThat(terminal.run("tag", "run-a1", "--remove", "new", "seen")).isZero();
    assertThat(terminal.out()).isEqualTo("digits/run-a1 has no tags\n");
  }

  @Test
  void notesAreWrittenAppendedPrintedAndCleared() {
    assertThat(terminal.run("note", "run-a1", "diverges")).isZero();
    assertThat(terminal.run("note", "run-a1", "--append", "at 30")).isZero();
    assertThat(terminal.run("note", "run-a1")).isZero();
    assertThat(terminal.out()).isEqualTo("diverges\nat 30\n");
    assertThat(terminal.run("note", "run-a1", "--clear")).isZero();
    assertThat(terminal.run("note", "run-a1")).isZero();
    assertThat(terminal.out().strip()).isEmpty();
  }

  @Test
  void aDeletedRunIsHiddenListedAndTakenBack() {
    assertThat(terminal.run("rm", "--list")).isZero();
    assertThat(terminal.out()).isEqualTo("No run is deleted\n");
    assertThat(terminal.run("rm", "run-a1")).isZero();
    assertThat(terminal.out()).contains("'ostraka rm --undo run-a1' takes it back");
    assertThat(terminal.run("ls", "runs", "digits")).isZero();
    assertThat(terminal.out()).doesNotContain("run-a1").contains("run-a2");
    assertThat(terminal.run("rm", "--list")).isZero();
    assertThat(terminal.out()).contains("digits/run-a1  mlp-64").hasLineCount(2);
    assertThat(terminal.run("rm", "run-a1")).isEqualTo(1);
    assertThat(terminal.err()).contains("is deleted; 'ostraka rm --undo run-a1'").hasLineCount(1);
    assertThat(terminal.run("rm", "--purge")).isZero();
    assertThat(terminal.out()).contains("No run was deleted more than 7 days ago");
    assertThat(terminal.run("rm", "--undo", "run-a1")).isZero();
    assertThat(terminal.run("ls", "runs", "digits")).isZero();
    assertThat(terminal.out()).contains("run-a1");
    assertThat(terminal.run("rm", "--undo", "run-a1")).isEqualTo(1);
    assertThat(terminal.err()).contains("is not deleted").hasLineCount(1);
  }

  @Test
  void removingForGoodWantsAYesAndLeavesNoFolder() throws IOException {
    Path run = folder.resolve("runs/project=digits/run=run-a1");
    assertThat(terminal.run("rm", "--now", "run-a1")).isEqualTo(2);
    assertThat(terminal.err()).contains("would remove 1 run with", "add --yes").hasLineCount(1);
    assertThat(run).isDirectory();
    assertThat(terminal.run("rm", "--now", "--yes", "run-a1", "nobody")).isEqualTo(1);
    assertThat(run).isDirectory();
    assertThat(terminal.run("rm", "--now", "--yes", "run-a1")).as(terminal.err()).isZero();
    assertThat(terminal.out()).startsWith("Removed digits/run-a1: ");
    assertThat(run).doesNotExist();
    assertThat(terminal.run("rm", "run-a2")).isZero();
    assertThat(terminal.run("rm", "--now", "--yes", "mlp-128")).isZero();
    try (var runs = Files.list(folder.resolve("runs/project=digits"))) {
      assertThat(runs.map(Path::getFileName).map(Path::toString)).containsExactly("_edited");
    }
  }

  @Test
  void aRunThatRunsIsNotRemovedForGood() throws IOException {
    try (Run run = start("digits", "run-a3", "live")) {
      run.log(0, "loss", 1.0);
      run.flush();
      assertThat(terminal.run("rm", "--now", "--yes", "live")).isEqualTo(1);
      assertThat(terminal.err()).contains("it is running; end it first").hasLineCount(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm",
        "rm --list run-a1",
        "rm --purge run-a1",
        "rm --yes run-a1",
        "rm --force run-a1",
        "rm --now --undo run-a1",
        "rename run-a1",
        "rename run-a1 \u0001",
        "tag run-a1 --ad x",
        "note run-a1 --append",
        "note run-a1 x --clear"
      })
  void aWrongCallIsOneLineAndExitCode2(String call) {
    assertThat(terminal.run(call.split(" ", -1))).isEqualTo(2);
    assertThat(terminal.err()).hasLineCount(1).contains("explains");
  }

  private void log(String project, String id, String name) throws IOException {
    try (Run run = start(project, id, name)) {
      run.log(0, "loss", 1.0);
    }
  }

  private Run start(String project, String id, String name) throws IOException {
    return Ostraka.run()
        .root(folder.resolve("runs"))
        .spool(folder.resolve("spool"))
        .project(project)
        .runId(id)
        .name(name)
        .start();
  }
}
