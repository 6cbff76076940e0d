package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopCommandTest {
  @TempDir private Path folder = Path.of("");

  private Terminal terminal = new Terminal(folder);

  @BeforeEach
  void logRuns() throws IOException {
    terminal = new Terminal(folder).with("OSTRAKA_ROOT", "runs");
    ShownRuns runs = new ShownRuns(folder);
    runs.log("digits", "falls", Map.of("lr", 0.1, "seed", 7), step -> 5 - step / 100);
    runs.log("digits", "rises", Map.of("lr", 0.2, "seed", 7, "drop", 1), step -> 1 + step / 50);
    runs.log("digits", "diverges", Map.of("lr", 9, "seed", 7), step -> step < 9 ? 4 : Double.NaN);
  }

  private List<String> ranked(String... arguments) {
    assertThat(terminal.run(arguments)).as(terminal.err()).isZero();
    return terminal
        .out()
        .lines()
        .filter(line -> line.matches("\\d  .*"))
        .map(line -> line.split(" +", -1)[1])
        .toList();
  }

  @Test
  void theLeastIsBestUnlessTheMetricIsNamedForWhatOneWantsMuchOf() {
    assertThat(ranked("top", "loss")).containsExactly("rises", "falls", "diverges");
    assertThat(terminal.out()).startsWith("All 3 runs with loss, by min, least first\n");
    assertThat(ranked("top", "runs", "val/accuracy")).first().isEqualTo("rises");
    assertThat(terminal.out()).contains("by max, greatest first");
  }

  @Test
  void theOrderIsTheCallersChoiceAndWhatIsNoNumberComesLast() {
    assertThat(ranked("top", "loss", "--by", "last")).containsExactly("falls", "rises", "diverges");
    assertThat(ranked("top", "loss", "--by", "last", "--descending"))
        .containsExactly("rises", "falls", "diverges");
    assertThat(ranked("top", "loss", "--descending")).first().isEqualTo("falls");
    assertThat(ranked("top", "loss", "-n", "1", "--filter", "config.lr < 0.2"))
        .containsExactly("falls");
    assertThat(ranked("top", "loss", "-n", "1")).hasSize(1);
    assertThat(terminal.out()).startsWith("The first 1 of 3 runs");
  }

  @Test
  void settingsInWhichTheyDifferAreColumnsIfThereIsRoom() {
    terminal.wide(100).with("NO_COLOR", "1");
    ranked("top", "loss");
    assertThat(terminal.out().lines().skip(2).findFirst().orElse(""))
        .matches("   RUN +MIN +LAST +STATE +(lr|drop) +(lr|drop)");
    terminal.wide(50);
    ranked("top", "loss");
    assertThat(terminal.out()).doesNotContain("drop");
    assertThat(terminal.out().lines()).allMatch(line -> line.length() <= 50);
  }

  @Test
  void jsonHasTheOrderAndTheNumbers() throws IOException {
    assertThat(terminal.run("top", "loss", "--format", "json", "--by", "last")).isZero();
    JsonNode json = new ObjectMapper().readTree(terminal.out());
    assertThat(json.path("order").asText()).isEqualTo("ascending");
    assertThat(json.path("runs").path(2).path("value").asText()).isEqualTo("NaN");
    assertThat(json.path("runs").path(0).path("name").asText()).isEqualTo("falls");
    assertThat(json.path("runs").path(0).path("summary").path("count").asInt()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "val/accuracy, true", "top-1 acc, true", "eval_f1, true", "episode/return, true",
    "loss, false", "accumulated, false", "val/perplexity, false", "map_error_rate, false"
  })
  void namesSayWhatIsBest(String metric, boolean isGreater) {
    assertThat(Ranking.isGreaterBetter(metric)).isEqualTo(isGreater);
  }

  @Test
  void whatIsWrongIsOneLine() {
    assertThat(terminal.run("top", "los")).isEqualTo(1);
    assertThat(terminal.err()).contains("no run has a metric \"los\"; the nearest are \"loss\"");
    assertThat(terminal.run("top", "loss", "--filter", "config.lr > 100")).isEqualTo(1);
    assertThat(terminal.err()).contains("no run matches the filter").hasLineCount(1);
    assertThat(terminal.run("top", "loss", "--by", "median")).isEqualTo(2);
    assertThat(terminal.err()).contains("last, min, max, mean").hasLineCount(1);
    assertThat(terminal.run("top", "loss", "--ascending", "--descending")).isEqualTo(2);
    assertThat(terminal.run("top", "loss", "-n", "0")).isEqualTo(2);
    assertThat(terminal.run("top")).isEqualTo(2);
    assertThat(terminal.err()).hasLineCount(1);
  }
}
