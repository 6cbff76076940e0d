package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.doctor.Check;
import io.ostraka.doctor.Severity;
import io.ostraka.shard.ShardReader;
import io.ostraka.storage.local.LocalShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DoctorCommandTest {
  private static final Set<Damage> REPAIRED =
      EnumSet.of(
          Damage.OVERLAP,
          Damage.COVERED_SHARDS_LEFT,
          Damage.MERGED_SHARD_CUT_SHORT,
          Damage.JUNK_THAT_COVERS_ALL,
          Damage.COVERED_SHARD_CUT_SHORT,
          Damage.ROLLUP_OF_OTHER_ROWS,
          Damage.ROLLUP_THAT_IS_NONE,
          Damage.ROLLUP_OF_NO_SHARD,
          Damage.UNFINISHED_FILE);

  @TempDir private static Path shared = Path.of("");
  private static LoggedRun sound = new LoggedRun(Path.of(""), new RunKey("p", "r"));

  @TempDir private Path folder = Path.of("");

  @BeforeAll
  static void logSoundRuns() throws IOException {
    sound = new LoggedRoot(shared.resolve("sound"), shared.resolve("spool")).log();
  }

  @Test
  void anUndamagedRootIsClean() throws IOException {
    Terminal terminal = new Terminal(shared);
    assertThat(terminal.run("doctor", "sound")).as(terminal.out()).isZero();
    assertThat(terminal.out()).contains("Read 2 runs, 4 writers,", ": all is well").hasLineCount(1);
    assertThat(terminal.err()).isEmpty();
    assertThat(terminal.run("doctor", "sound", "--repair")).isZero();
    assertThat(terminal.err()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void eachDamageIsFoundAndNothingElseIs(Damage damage) throws IOException {
    Path root = copyOfTheSoundRoot();
    LoggedRun run = sound.copyTo(root, damage.run());
    damage.apply(run, sound);
    Terminal terminal = new Terminal(folder);
    int code = terminal.run("doctor", root.toString(), "--json");
    JsonNode answer = new ObjectMapper().readTree(terminal.out());
    assertThat(answer.path("findings").findValuesAsText("check"))
        .as(terminal.out())
        .isNotEmpty()
        .containsOnly(damage.code());
    assertThat(answer.path("findings").findValuesAsText("key"))
        .allMatch(key -> key.toLowerCase(Locale.ROOT).contains("run=" + damage.run()));
    assertThat(code).isEqualTo(answer.path("errors").asInt() > 0 ? 1 : 0);
    assertThat(terminal.err()).isEmpty();
  }

  @Test
  void allDamagesAtOnceAreFoundAndRepairLosesNothing() throws IOException {
    Path root = copyOfTheSoundRoot();
    Set<String> expected = new HashSet<>();
    for (Damage damage : Damage.values()) {
      damage.apply(sound.copyTo(root, damage.run()), sound);
      expected.add(damage.run() + " " + damage.code());
    }
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("doctor", root.toString(), "--json")).isEqualTo(1);
    assertThat(found(terminal.out())).containsAll(expected);
    assertThat(terminal.run("doctor", root.toString())).isEqualTo(1);
    assertThat(terminal.out()).contains("ERROR  shard-damaged (4)", "What to do: ");

    Map<String, String> before = readable(root);
    assertThat(terminal.run("doctor", root.toString(), "--repair")).isEqualTo(1);
    assertThat(terminal.err().lines())
        .hasSize(REPAIRED.size())
        .allMatch(line -> line.startsWith("repaired: "));
    assertThat(readable(root)).isEqualTo(before);

    assertThat(terminal.run("doctor", root.toString(), "--json", "--repair")).isEqualTo(1);
    Set<String> left = found(terminal.out());
    for (Damage damage : Damage.values()) {
      String finding = damage.run() + " " + damage.code();
      assertThat(left.contains(finding)).as(finding).isNotEqualTo(REPAIRED.contains(damage));
    }
    assertThat(terminal.err()).isEmpty();
    assertThat(readable(root)).isEqualTo(before);
  }

  @Test
  void whatCanBeLookedForIsLookedForHere() {
    Set<String> damaged =
        Arrays.stream(Damage.values()).map(Damage::code).collect(Collectors.toSet());
    Set<String> known = Arrays.stream(Check.values()).map(Check::code).collect(Collectors.toSet());
    known.remove(Check.UNREADABLE.code()); // Whoever runs tests as root may read everything.
    assertThat(damaged).isEqualTo(known);
    assertThat(damaged).hasSizeGreaterThan(20);
  }

  @Test
  void everyCheckIsInTheDocuments() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "doctor.md"));
    for (Check check : Check.values()) {
      assertThat(page)
          .contains(
              "| `" + check.code() + "` | " + check.severity().text() + " | " + check.meaning());
    }
    assertThat(Severity.values()).hasSize(3);
  }

  @Test
  void oneProjectAloneIsExamined() throws IOException {
    Path root = copyOfTheSoundRoot();
    Files.writeString(root.resolve("README"), "foreign");
    Path project = root.resolve("project=other/run=r/writer=nobody/metrics");
    Files.createDirectories(project);
    Files.writeString(project.resolve("x"), "foreign");
    Terminal terminal = new Terminal(folder);
    assertThat(terminal.run("doctor", root.toString(), "--project", "digits")).isZero();
    assertThat(terminal.out()).contains("all is well");
    assertThat(terminal.run("doctor", root.toString())).isEqualTo(1);
    assertThat(terminal.out()).contains("folder-name", "foreign-file");
    assertThat(terminal.run("doctor", root.toString(), "--project", "none")).isEqualTo(2);
    assertThat(terminal.err()).contains("it has no project named none").hasLineCount(1);
  }

  @Test
  void whatIsNoRootIsOneLineAndExitCode2() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    Files.createDirectory(folder.resolve("empty"));
    Terminal terminal = new Terminal(folder);
    for (String bad : List.of("missing", "file")) {
      assertThat(terminal.run("doctor", bad)).isEqualTo(2);
      assertThat(terminal.err()).contains(folder.resolve(bad).toString()).hasLineCount(1);
      assertThat(terminal.out()).isEmpty();
    }
    assertThat(terminal.run("doctor", "empty")).isZero();
    assertThat(terminal.out()).isEqualTo("No runs in " + folder.resolve("empty") + "\n");
  }

  private Path copyOfTheSoundRoot() throws IOException {
    Path root = folder.resolve("root");
    LoggedRun.copyAll(shared.resolve("sound"), root);
    return root;
  }

  private static Set<String> found(String json) throws IOException {
    JsonNode findings = new ObjectMapper().readTree(json).path("findings");
    return StreamSupport.stream(findings.spliterator(), false)
        .map(finding -> run(finding.path("key").asText()) + " " + finding.path("check").asText())
        .collect(Collectors.toSet());
  }

  /** The damaged run that a key is about. */
  private static String run(String key) {
    String id = key.replaceFirst(".*/run=", "").toLowerCase(Locale.ROOT);
    return id.replaceFirst("( copy)?/.*", "");
  }

  /** Every row that a reader of the root finds, with all that is in it. */
  private static Map<String, String> readable(Path root) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    try (LocalShardStore store = LocalShardStore.open(root)) {
      for (RunSnapshot run : new Catalog(store).runs(LoggedRoot.PROJECT)) {
        for (WriterSnapshot writer : run.writers()) {
          for (List<LiveShard> shards : writer.shards().values()) {
            for (LiveShard shard : shards) {
              read(root, shard, rows);
            }
          }
        }
      }
    }
    return rows;
  }

  private static void read(Path root, LiveShard shard, Map<String, String> rows)
      throws IOException {
    String stream = shard.key().substring(0, shard.key().lastIndexOf('/'));
    Map<String, String> ofShard = new TreeMap<>();
    try (ShardReader reader = ShardReader.open(root.resolve(shard.key()), shard.key())) {
      while (reader.next()) {
        if (reader.row() >= shard.fromRow()) {
          List<Object> cells = new ArrayList<>(List.of(reader.step(), reader.timeMicros()));
          boolean isSeries = reader.stream().isSeries();
          cells.add(reader.text(0));
          cells.add(isSeries ? (Object) reader.real(1) : reader.text(1));
          ofShard.merge(stream + " " + reader.row(), cells.toString(), (a, b) -> a + " and " + b);
        }
      }
    } catch (ShardFormatException e) {
      return; // Its pages are damaged: no reader reads it.
    }
    rows.putAll(ofShard);
  }
}
