package io.ostraka.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.catalog.LiveRule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncCommandTest {
  @TempDir private Path folder = Path.of("");

  private LoggedRun run = new LoggedRun(Path.of(""), new RunKey("p", "r"));

  @BeforeEach
  void logRuns() throws IOException {
    run = new LoggedRoot(folder.resolve("runs"), folder.resolve("spool")).log();
  }

  /** Every file below a folder with a sum of its bytes, hidden, derived and covered ones aside. */
  private static Map<String, Integer> files(Path root) throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (var folders = Files.walk(root)) {
      for (Path folder : (Iterable<Path>) folders.filter(Files::isDirectory)::iterator) {
        for (Path file : live(folder)) {
          String name = root.relativize(file).toString();
          files.put(name, Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
    }
    return files;
  }

  private static List<Path> live(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      Map<String, Path> files = new TreeMap<>();
      entries.filter(Files::isRegularFile).forEach(f -> files.put(f.getFileName().toString(), f));
      files.keySet().removeIf(name -> name.startsWith(".") || name.startsWith("_"));
      LiveRule rule =
          LiveRule.of(files.keySet().stream().flatMap(n -> ShardName.parse(n).stream()).toList());
      rule.covered().forEach(covered -> files.remove(covered.format()));
      return List.copyOf(files.values());
    }
  }

  @Test
  void copiesAFolderAndSaysSo() throws IOException {
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("sync", "runs", "copy")).as(terminal.err()).isZero();
    assertThat(terminal.out()).startsWith("Copied ").contains(" of 2 runs from ", "; 0 were");
    assertThat(files(folder.resolve("copy"))).isEqualTo(files(folder.resolve("runs")));
    assertThat(terminal.run("doctor", "copy")).as(terminal.out()).isZero();

    assertThat(terminal.run("sync", "runs", "copy")).isZero();
    assertThat(terminal.out()).startsWith("Nothing copied: of 2 runs");
    assertThat(terminal.err()).isEmpty();
  }

  @Test
  void oneRunIsCopiedByItsName() throws IOException {
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("sync", "runs", "copy", "--run", "sound")).as(terminal.err()).isZero();
    Path sound = run.folder();
    Path copy = folder.resolve("copy").resolve(folder.resolve("runs").relativize(sound));
    assertThat(files(copy)).isEqualTo(files(sound));
    assertThat(copy.getParent()).isDirectoryNotContaining("glob:**/run=parent");
    assertThat(terminal.run("sync", "runs", "other", "--run", "nothing")).isEqualTo(1);
    assertThat(terminal.err()).contains("there is no run \"nothing\"").hasLineCount(1);
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void aDryRunListsRunsAndWritesNothing() {
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("sync", "runs", "copy", "--dry-run")).isZero();
    assertThat(terminal.out()).contains("Would copy ").hasLineCount(3);
    assertThat(folder.resolve("copy")).doesNotExist();
  }

  @Test
  void aProgramReadsWhatWasDone() {
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("sync", "runs", "copy", "--json")).isZero();
    assertThat(terminal.out())
        .contains("\"dry_run\" : false", "\"problems\" : [ ]", "\"list\" : 0");
  }

  @Test
  void aDamagedShardIsNamedAndTheOthersAreCopied() throws IOException {
    Path shard = run.shard(LoggedRoot.RANK_0, 0);
    Files.write(shard, Arrays.copyOf(Files.readAllBytes(shard), 300));
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("sync", "runs", "copy")).isEqualTo(1);
    assertThat(terminal.err()).startsWith("Left out: Cannot read project=").hasLineCount(1);
    assertThat(folder.resolve("copy").resolve(folder.resolve("runs").relativize(shard)))
        .doesNotExist();
  }

  @Test
  void whatCannotBeARootIsOneLine() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    Files.createDirectories(folder.resolve("empty"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("runs"));
    Terminal terminal = new Terminal(folder);
    assertOneLine(terminal, 1, "does not exist", "nowhere", "copy");
    assertOneLine(terminal, 1, "there are no runs", "empty", "copy");
    assertOneLine(terminal, 1, "it is a file", "file", "copy");
    assertOneLine(terminal, 1, "it is a file", "runs", "file");
    assertOneLine(terminal, 1, "is a file where a folder should be", "runs", "file/copy");
    assertOneLine(terminal, 2, "are the same", "runs", "runs");
    assertOneLine(terminal, 2, "are the same", "runs", "link");
    assertOneLine(terminal, 2, "one within the other", "runs", "runs/copy");
    assertOneLine(terminal, 2, "one within the other", ".", "runs");
    assertOneLine(terminal, 2, "one within the other", "s3://b/x", "s3://b/x/y");
    assertOneLine(terminal, 2, "give 1 to 64", "runs", "copy", "--jobs", "0");
    assertOneLine(terminal, 1, "no project named nothing", "runs", "copy", "--project", "nothing");
    assertOneLine(terminal, 2, "as a root", "runs", "ftp://host/copy");
    assertThat(folder.resolve("copy")).doesNotExist();
  }

  private static void assertOneLine(Terminal terminal, int code, String words, String... given) {
    String[] arguments = new String[given.length + 1];
    arguments[0] = "sync";
    System.arraycopy(given, 0, arguments, 1, given.length);
    assertThat(terminal.run(arguments)).as(String.join(" ", arguments)).isEqualTo(code);
    assertThat(terminal.err()).startsWith("ostraka: ").contains(words).hasLineCount(1);
  }

  @Test
  void theBarMovesOnATerminalAndElsewhereALineIsSaidNowAndThen() {
    AtomicLong ticks = new AtomicLong();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    SyncBar bar = new SyncBar(new PrintStream(text, true, UTF_8), true, ticks::get);
    bar.planned(2, 3_000_000);
    ticks.addAndGet(200_000_000);
    bar.done(1_500_000);
    bar.end();
    assertThat(text.toString(UTF_8))
        .startsWith("\r[###############---------------] 1 of 2 files, 1.5 of 3.0 MB");
    text.reset();
    SyncBar lines = new SyncBar(new PrintStream(text, true, UTF_8), false, ticks::get);
    lines.planned(2, 3_000_000);
    lines.done(1_500_000);
    assertThat(text.toString(UTF_8)).isEmpty();
    ticks.addAndGet(11_000_000_000L);
    lines.done(1_500_000);
    assertThat(text.toString(UTF_8)).isEqualTo("2 of 2 files, 3.0 of 3.0 MB\n");
  }
}
