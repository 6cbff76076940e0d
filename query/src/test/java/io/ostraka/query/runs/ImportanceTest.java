package io.ostraka.query.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Differences of runs, and which settings matter. */
final class ImportanceTest {
  private static final Field LOSS = Field.parse("summary.loss");
  private static final List<String> OPTIMIZERS = List.of("adam", "sgd", "lion");

  private static RunRow row(String run, ObjectNode config, double loss) {
    ObjectNode summary = JsonNodeFactory.instance.objectNode();
    summary.put("loss", loss);
    return new RunRow(run, Map.of(), config, summary, Map.of(), List.of());
  }

  private static List<RunRow> runs(int count, BiConsumer<ObjectNode, Random> configure) {
    Random random = new Random(7);
    List<RunRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ObjectNode config = JsonNodeFactory.instance.objectNode();
      configure.accept(config, random);
      double loss = config.path("loss").asDouble(random.nextDouble());
      config.remove("loss");
      rows.add(row("run-" + i, config, loss));
    }
    return rows;
  }

  private static Importance.Setting setting(Importance importance, String field) {
    return importance.settings().stream()
        .filter(setting -> setting.field().text().equals(field))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void findsTheSettingThatMattersAndItsDirection() {
    List<RunRow> rows =
        runs(
            200,
            (config, random) -> {
              double lr = Math.pow(10, -5 * random.nextDouble());
              String optimizer = OPTIMIZERS.get(random.nextInt(3));
              config.put("lr", lr).put("optimizer", optimizer).put("noise", random.nextDouble());
              config.put("same", 1).put("id", "run " + random.nextLong());
              config.put("loss", -Math.log10(lr) + (optimizer.equals("sgd") ? 2 : 0));
            });
    Importance found = Importance.of(LOSS, rows);
    assertThat(found.message()).isNull();
    assertThat(found.runs()).isEqualTo(200);
    assertThat(found.explained()).isBetween(0.7, 1.0);
    assertThat(found.settings())
        .extracting(one -> one.field().text())
        .doesNotContain("config.same");
    assertThat(found.settings().get(0).field().text()).isEqualTo("config.lr");
    assertThat(found.settings().get(1).field().text()).isEqualTo("config.optimizer");
    Importance.Setting lr = found.settings().get(0);
    assertThat(lr.correlation()).isLessThan(-0.5);
    assertThat(setting(found, "config.noise").importance()).isLessThan(0.05);
    assertThat(setting(found, "config.id").importance()).isLessThan(0.05);
    assertThat(setting(found, "config.optimizer").correlation()).isNull();
    double sum =
        found.settings().stream().mapToDouble(s -> Objects.requireNonNull(s.importance())).sum();
    assertThat(sum).isCloseTo(1, within(1e-9));
  }

  @Test
  void theSameRunsInAnyOrderGiveTheSameAnswer() {
    List<RunRow> rows =
        runs(
            50, (config, random) -> config.put("a", random.nextInt(5)).put("b", random.nextInt(5)));
    List<RunRow> reversed = new ArrayList<>(rows);
    Collections.reverse(reversed);
    assertThat(Importance.of(LOSS, reversed)).isEqualTo(Importance.of(LOSS, rows));
  }

  @Test
  void saysThatNothingIsExplainedByNoise() {
    List<RunRow> rows =
        runs(
            100,
            (config, random) -> config.put("a", random.nextDouble()).put("b", random.nextInt(3)));
    Importance found = Importance.of(LOSS, rows);
    assertThat(found.explained()).isLessThan(0.1);
    assertThat(found.message()).contains("explain next to nothing");
  }

  @Test
  void saysThatThereAreTooFewRunsAndCountsOnlyFiniteOnes() {
    List<RunRow> rows =
        new ArrayList<>(runs(9, (config, random) -> config.put("a", random.nextInt())));
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("a", 1);
    rows.add(row("nan", config, Double.NaN));
    Importance found = Importance.of(LOSS, rows);
    assertThat(found.message())
        .isEqualTo("Too few runs: 9 have a finite summary.loss; importance needs at least 10");
    assertThat(found.explained()).isNull();
    assertThat(found.settings().get(0).importance()).isNull();
    assertThat(found.settings().get(0).correlation()).isNull();
    rows.add(row("ten", config, 1));
    assertThat(Importance.of(LOSS, rows).explained()).isNotNull();
  }

  @Test
  void looksAtASampleOfVeryManyRunsAndSaysSo() {
    List<RunRow> rows =
        runs(2100, (config, random) -> config.put("loss", 3).put("a", random.nextInt(3)));
    Importance found = Importance.of(LOSS, rows);
    assertThat(found.runs()).isEqualTo(2100);
    assertThat(found.used()).isEqualTo(2000);
    assertThat(found.settings().get(0).importance()).isEqualTo(0);
  }

  @Test
  void ranksShareTheirMeanAndCorrelationIsThatOfRanks() {
    assertThat(Spearman.ranks(new double[] {10, 20, 10, 5})).containsExactly(2.5, 4, 2.5, 1);
    double[] one = {1, 2, 3, 4, 5};
    assertThat(Spearman.of(one, new double[] {1, 8, 27, 64, 125})).isEqualTo(1);
    assertThat(Spearman.of(one, new double[] {5, 4, 3, 2, 1})).isEqualTo(-1);
    // By scipy.stats.spearmanr.
    assertThat(Spearman.of(one, new double[] {5, 6, 7, 8, 7}))
        .isCloseTo(0.8207826816681233, within(1e-12));
    assertThat(Spearman.of(one, new double[] {2, 2, 2, 2, 2})).isNaN();
  }

  @Test
  void differencesAreTheFieldsThatAreNotTheSameInAll() {
    ObjectNode one = JsonNodeFactory.instance.objectNode().put("lr", 0.1).put("same", "x");
    one.putObject("opt").put("name", "adam");
    ObjectNode other = JsonNodeFactory.instance.objectNode().put("lr", 0.1).put("same", "x");
    other.putObject("opt").put("name", "sgd").put("beta", 0.9);
    RunDiff diff = RunDiff.of(List.of(row("a", one, 1), row("b", other, 2)));
    assertThat(diff.config())
        .extracting(difference -> difference.field().text())
        .containsExactly("config.opt.name", "config.opt.beta");
    assertThat(diff.config().get(1).values()).containsExactly(null, new Value.Real(0.9));
    assertThat(diff.summary()).hasSize(1);
    assertThat(diff.same()).isEqualTo(2);
  }
}
