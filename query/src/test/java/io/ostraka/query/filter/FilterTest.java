package io.ostraka.query.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FilterTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static final Map<String, Value> VALUES = new HashMap<>();

  static {
    VALUES.put("run", new Value.Text("20261120-a"));
    VALUES.put("name", new Value.Text("Wide MLP"));
    VALUES.put("state", new Value.Text("running"));
    VALUES.put("tags", new Value.Many(List.of(new Value.Text("baseline"), new Value.Text("v2"))));
    VALUES.put("started_at", new Value.Time(Instant.parse("2026-11-20T12:00:00Z")));
    VALUES.put("duration", new Value.Real(5400));
    VALUES.put("writers", new Value.Whole(4));
    VALUES.put("config.lr", new Value.Real(0.001));
    VALUES.put("config.seed", new Value.Whole(9_007_199_254_740_993L));
    VALUES.put("config.nanos", new Value.Whole(1_763_770_000_000_000_001L));
    VALUES.put("config.path", new Value.Text("~/data"));
    VALUES.put("config.seed_text", new Value.Text("7"));
    VALUES.put("config.optimizer.name", new Value.Text("adam"));
    VALUES.put("config.amp", new Value.Truth(true));
    VALUES.put("config.layers", new Value.Many(List.of(new Value.Whole(64), new Value.Whole(32))));
    VALUES.put("config.`a.b c`", new Value.Text("or"));
    VALUES.put("summary.val/accuracy.max", new Value.Real(0.95));
    VALUES.put("summary.loss", new Value.Real(Double.NaN));
    VALUES.put("summary.zero", new Value.Real(-0.0));
  }

  private static boolean matches(String filter) {
    return Filter.parse(filter, NOW).matches(field -> VALUES.get(field.text()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "config.lr < 0.01 and summary.val/accuracy.max > 0.9 and state = running and tag : baseline",
        "config.lr<0.01 AND(state=running)",
        "config.lr = 1e-3",
        "config.lr == .001",
        "config.lr != 0.1",
        "config.lr >= 0.001 and config.lr <= 0.001",
        "config.seed = 9007199254740993",
        "not config.seed = 9007199254740992",
        "config.nanos = 1763770000000000001",
        "not config.nanos = 1763770000000000000",
        "config.nanos < 9223372036854775807 and config.nanos < 9223372036854775808",
        "config.path = ~/data and config.path ~ ^~",
        "config.seed > 9007199254740992",
        "config.seed_text = 7",
        "config.seed_text = '7'",
        "config.optimizer.name = adam",
        "config.optimizer.name ~ '^a.a'",
        "config.optimizer.name !~ sgd",
        "config.optimizer.name in (sgd, adam)",
        "config.optimizer.name not in (sgd, 'ad am')",
        "config.optimizer.name : DA",
        "config.optimizer.name > abc",
        "config.amp = true",
        "config.amp != false",
        "config.layers : 64",
        "config.layers = 32",
        "config.layers in (1, 64)",
        "config.layers != 1",
        "not config.layers != 64",
        "config.`a.b c` = 'or'",
        "config.`a.b c` = \"or\"",
        "config.lr exists",
        "not config.momentum exists",
        "not config.momentum = 0.9",
        "not config.momentum != 0.9",
        "not (config.momentum < 1 or config.momentum >= 1)",
        "state = failed or state = running and writers = 4",
        "(state = failed or state = running) and writers = 4",
        "not not state = running",
        "summary.loss = nan",
        "not summary.loss < 1 and not summary.loss >= 1",
        "summary.zero = 0",
        "started > 2d ago",
        "started_at < 23h ago",
        "started > '36h ago'",
        "started > 2026-11-20 and started < 2026-11-21",
        "started > 2026-11-20T11:59 and started < 2026-11-20T14:00:01+02:00 or run = x",
        "started < now",
        "duration = 90m and duration > 1.4h and duration < 6000",
        "name = \"Wide MLP\"",
        "name ~ '(?i)mlp$'",
        "tags exists and not notes exists",
        "tag = v2 and tag != v3 and not tag != v2",
        "run : 20261120"
      })
  void matchesWhatItSays(String filter) {
    assertThat(matches(filter)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.lr > 0.01",
        "config.momentum != 0.9",
        "config.momentum < 1",
        "config.lr = '0.001'",
        "config.lr > abc",
        "config.optimizer.name < 5",
        "config.optimizer.name = Adam",
        "config.amp = 1",
        "state = failed or state = running and writers = 3",
        "(state = failed or state = running) and writers = 3",
        "not state = running or writers < 4",
        "summary.loss > 0",
        "started > 2026-11-21",
        "tag : base",
        "notes != x",
        "config.layers < 100"
      })
  void doesNotMatchWhatItDoesNotSay(String filter) {
    assertThat(matches(filter)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "config.lr <|11|a value",
        "config.lr|9|an operator",
        "config.lr <> 0.1|10|an operator",
        "config.lr <>0.1|10|an operator",
        "config.lr =< 0.1|10|an operator",
        "config.lr =>0.1|10|an operator",
        "config.lr =! 0.1|10|an operator",
        "config.path =~data|12|an operator",
        "config.lr === 0.1|10|an operator",
        "config.lr < =0.1|12|a value",
        "config.path ~ =x|14|best in quotes",
        "config.lr < 0.1 and|19|a field",
        "config.lr < 0.1 state = running|16|and, or, or the end",
        "(config.lr < 0.1|16|a closing parenthesis",
        "config.lr < 0.1)|15|and, or, or the end",
        "config. < 1|7|a name",
        "acuracy > 1|0|summary.NAME",
        "stat = running|0|state",
        "config = 1|0|config.NAME",
        "state = runing|8|running, stalled",
        "state > running|6|no order",
        "started = 2026-11-20|8|no two moments",
        "started > soon|10|2d ago",
        "started > 2x ago|10|2d ago",
        "writers > many|10|a number",
        "duration > long|11|2h",
        "config.x in 1|12|a list of values",
        "config.x in (1 2)|15|a comma",
        "config.x not 3|13|in",
        "config.x = null|11|exists",
        "config.x ~ '(a'|11|regular expression",
        "name = 'abc|11|to close the one at 8",
        "config.`a|9|to close the one at 8",
        "writers ~ 4|8|no text",
        "and|0|a field",
        "name = and|7|a value"
      })
  void saysWhereItDoesNotParseAndWhatWasExpected(String filter, int position, String expected) {
    FilterSyntaxException e =
        catchThrowableOfType(FilterSyntaxException.class, () -> Filter.parse(filter, NOW));
    assertThat(e).isNotNull();
    assertThat(e.position()).as(e.getMessage()).isEqualTo(position);
    assertThat(e.expected()).contains(expected);
    assertThat(e.getMessage())
        .startsWith("The filter does not parse at character " + (position + 1) + ": expected ")
        .doesNotContain("\n");
    assertThat(e.caret()).isEqualTo(filter + "\n" + " ".repeat(position) + "^");
  }

  @Test
  void showsOnlyTheNeighbourhoodOfAMistakeInALongFilter() {
    String filter = "state = running and ".repeat(50) + "x = 1" + " or state = failed".repeat(50);
    FilterSyntaxException e =
        catchThrowableOfType(FilterSyntaxException.class, () -> Filter.parse(filter, NOW));
    String[] lines = e.caret().split("\n", -1);
    assertThat(lines[0]).hasSizeLessThan(90).startsWith("...").endsWith("...");
    assertThat(lines[0].substring(lines[1].length() - 1)).startsWith("x = 1");
  }

  @Test
  void refusesWhatIsTooLongOrTooDeep() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filter.parse("(".repeat(5000) + "state = running", NOW))
        .withMessageContaining("at most 100 conditions within each other");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filter.parse("not ".repeat(2000) + "state = running", NOW))
        .withMessageContaining("at most 100");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filter.parse("state = running and ".repeat(5000), NOW))
        .withMessageContaining("at most 10000 characters");
  }

  @Test
  void stopsAnExpressionThatWouldTryForEver() {
    Value text = new Value.Text("a".repeat(60) + "!");
    Filter slow = Filter.parse("name ~ '(a+a+)+\\1b'", NOW);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> slow.matches(field -> text))
        .withMessageContaining("takes too long");
    Value longText = new Value.Text("ab".repeat(500_000));
    Filter deep = Filter.parse("name ~ '^(ab|a|b)*c'", NOW);
    assertThatIllegalArgumentException().isThrownBy(() -> deep.matches(field -> longText));
  }

  @Test
  void aPartOfANameIsNearIt() {
    List<String> metrics = List.of("lr", "acc", "train/loss", "val/accuracy", "epoch", "lr");
    assertThat(NearNames.of(List.of("loss"), metrics)).first().isEqualTo("train/loss");
    assertThat(NearNames.of(List.of("acuracy"), metrics)).first().isEqualTo("val/accuracy");
    assertThat(NearNames.of(List.of("train_loss"), metrics)).first().isEqualTo("train/loss");
    assertThat(NearNames.of(List.of("LR"), metrics)).hasSize(3).first().isEqualTo("lr");
    assertThat(NearNames.of(List.of("ac"), metrics)).startsWith("acc", "val/accuracy");
  }

  @Test
  void aNullInAListKeepsItsPlace() throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode list = json.readTree("[1,null,[null]]");
    Value value = Objects.requireNonNull(Value.of(list));
    assertThat(value.json().toString()).isEqualTo(list.toString());
    assertThat(value).isNotEqualTo(Value.of(json.readTree("[1,[null]]")));
    assertThat(Filter.parse("config.x = 1 and not config.x : 'null'", NOW).matches(field -> value))
        .isTrue();
  }

  @Test
  void aFieldIsWrittenAsItIsRead() {
    List<Field> fields =
        List.of(
            new Field.OfRun(Fact.STARTED_AT),
            new Field.Config(List.of("lr")),
            new Field.Config(List.of("a", "b.c", "d e", "`", "")),
            new Field.Summary(List.of("val/acc[0]", "max")));
    String text = String.join(", ", fields.stream().map(Field::text).toList());
    assertThat(Field.parseList(text)).isEqualTo(fields);
  }

  @Test
  void sortsNumbersThenTextsAndWhatIsMissingLastInBothDirections() {
    assertThat(SortKey.parseList("-summary.loss.min, config.lr"))
        .containsExactly(
            new SortKey(new Field.Summary(List.of("loss", "min")), true),
            new SortKey(new Field.Config(List.of("lr")), false));
    @Nullable Value[] values = {
      null,
      new Value.Text("b"),
      new Value.Real(2.5),
      new Value.Whole(2),
      new Value.Real(Double.NaN),
      new Value.Text("a")
    };
    assertThat(sorted("config.x", values))
        .containsExactly(values[3], values[2], values[5], values[1], values[4], null);
    assertThat(sorted("-config.x", values))
        .containsExactly(values[1], values[5], values[2], values[3], values[4], null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SortKey.parseList("config.lr,,run"))
        .withMessageContaining("The sort order does not parse at character 11");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SortKey.parseList("config.lr desc"))
        .withMessageContaining("expected a comma or the end, found \"desc\"");
  }

  private static List<@Nullable Value> sorted(String key, @Nullable Value... values) {
    List<@Nullable Value> sorted = new ArrayList<>(Arrays.asList(values));
    sorted.sort(SortKey.parseList(key).get(0).order());
    return sorted;
  }
}
