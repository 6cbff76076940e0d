package io.ostraka.query.runs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.MetricSummary;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.SortKey;
import io.ostraka.query.filter.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Filter, sort and page of random runs against plain loops over what they were made of. */
final class TablePropertyTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final int TABLES = 40;
  private static final int PAGES = 40;
  private static final List<String> WORDS = List.of("adam", "sgd", "Adam", "a b", "7", "");
  private static final List<String> STATES = List.of("running", "finished", "crashed");

  private final Random random;

  TablePropertyTest() {
    long seed = Long.getLong("ostraka.seed", System.nanoTime());
    System.out.println("TablePropertyTest: -Dostraka.seed=" + seed);
    random = new Random(seed);
  }

  /** A run and, apart from it, what it was made of: numbers and texts by field, tags. */
  private record Made(
      RunRow row, Map<String, Double> numbers, Map<String, String> texts, List<String> tags) {
    @Nullable Object value(String field) {
      Double number = numbers.get(field);
      return number != null ? number : texts.get(field);
    }
  }

  /** A filter as text, and as a loop would ask it. */
  private record Asked(String text, Predicate<Made> naive) {}

  @Test
  void aPageIsWhatPlainLoopsFind() {
    for (int table = 0; table < TABLES; table++) {
      List<Made> all = new ArrayList<>();
      int runs = random.nextInt(60);
      for (int i = 0; i < runs; i++) {
        all.add(made("run-" + i));
      }
      for (int page = 0; page < PAGES; page++) {
        check(all);
      }
    }
  }

  private void check(List<Made> all) {
    Asked filter = asked(3);
    List<String> keys = new ArrayList<>();
    int sorted = random.nextInt(3);
    for (int i = 0; i < sorted; i++) {
      keys.add((random.nextBoolean() ? "-" : "") + field());
    }
    int offset = random.nextInt(10);
    int limit = 1 + random.nextInt(20);
    String sort = String.join(",", keys);
    TableRequest request =
        new TableRequest(
            "p",
            Filter.parse(filter.text(), NOW),
            sort.isEmpty() ? List.of() : SortKey.parseList(sort),
            offset,
            limit);
    TableAnswer answer = TablePage.of(all.stream().map(Made::row).toList(), request);
    List<Made> matched = all.stream().filter(filter.naive()).collect(Collectors.toList());
    matched.sort(order(keys));
    List<String> expected =
        matched.stream().skip(offset).limit(limit).map(made -> made.row().run()).toList();
    assertThat(answer.rows().stream().map(RunRow::run))
        .as("filter=%s sort=%s offset=%d limit=%d", filter.text(), sort, offset, limit)
        .containsExactlyElementsOf(expected);
    assertThat(answer.matched()).isEqualTo(matched.size());
    assertThat(answer.total()).isEqualTo(all.size());
  }

  private static Comparator<Made> order(List<String> keys) {
    return (one, other) -> {
      for (String key : keys) {
        boolean down = key.startsWith("-");
        String field = down ? key.substring(1) : key;
        int found = compare(one.value(field), other.value(field), down);
        if (found != 0) {
          return found;
        }
      }
      int byStart = compare(one.value("started"), other.value("started"), true);
      return byStart != 0 ? byStart : one.row().run().compareTo(other.row().run());
    };
  }

  private static int compare(@Nullable Object one, @Nullable Object other, boolean down) {
    int places = Integer.compare(place(one), place(other));
    if (places != 0 || place(one) > 0) {
      return places;
    }
    int found;
    if (one instanceof Double a && other instanceof Double b) {
      found = a < b ? -1 : a > b ? 1 : 0;
    } else if (one instanceof String a && other instanceof String b) {
      found = a.compareTo(b);
    } else {
      found = one instanceof Double ? -1 : 1;
    }
    return down ? -found : found;
  }

  private static int place(@Nullable Object value) {
    if (value == null) {
      return 2;
    }
    return value instanceof Double number && number.isNaN() ? 1 : 0;
  }

  private Made made(String id) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    ObjectNode summary = JsonNodeFactory.instance.objectNode();
    Map<String, MetricSummary> metrics = new HashMap<>();
    Map<Fact, Value> facts = new EnumMap<>(Fact.class);
    Map<String, Double> numbers = new HashMap<>();
    Map<String, String> texts = new HashMap<>();
    if (random.nextInt(4) > 0) {
      double lr = number();
      config.put("lr", lr);
      numbers.put("config.lr", lr);
    }
    if (random.nextInt(4) > 0) {
      boolean isNested = random.nextBoolean();
      ObjectNode inner = isNested ? config.putObject("opt") : config;
      String key = isNested ? "name" : "opt.name";
      JsonNode value =
          random.nextInt(3) == 0
              ? JsonNodeFactory.instance.numberNode(7)
              : JsonNodeFactory.instance.textNode(word());
      inner.set(key, value);
      if (value.isNumber()) {
        numbers.put("config.opt.name", 7.0);
      } else {
        texts.put("config.opt.name", value.asText());
      }
    }
    if (random.nextInt(4) > 0) {
      double last = random.nextInt(5) == 0 ? Double.NaN : number();
      double min = number();
      metrics.put("val/loss", new MetricSummary("val/loss", null, last, min, min, min, 3));
      numbers.put("summary.val/loss", last);
      numbers.put("summary.val/loss.min", min);
    }
    if (random.nextInt(5) == 0) {
      double own = number();
      summary.put("val/loss", own);
      numbers.put("summary.val/loss", own);
    }
    String state = STATES.get(random.nextInt(STATES.size()));
    facts.put(Fact.STATE, new Value.Text(state));
    texts.put("state", state);
    List<String> tags = new ArrayList<>();
    for (String word : WORDS) {
      if (random.nextInt(3) == 0) {
        tags.add(word);
      }
    }
    facts.put(
        Fact.TAGS, new Value.Many(tags.stream().map(tag -> (Value) new Value.Text(tag)).toList()));
    if (random.nextInt(5) > 0) {
      int hours = random.nextInt(6);
      facts.put(Fact.STARTED_AT, new Value.Time(NOW.minusSeconds(3600L * hours)));
      numbers.put("started", -1.0 * hours);
    }
    RunRow row = new RunRow(id, facts, config, summary, metrics, List.of());
    return new Made(row, numbers, texts, tags);
  }

  private double number() {
    return random.nextInt(6) / 2.0;
  }

  private String word() {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private String field() {
    List<String> fields =
        List.of(
            "config.lr",
            "config.opt.name",
            "summary.val/loss",
            "summary.val/loss.min",
            "state",
            "started");
    return fields.get(random.nextInt(fields.size()));
  }

  private Asked asked(int depth) {
    int kind = random.nextInt(depth == 0 ? 7 : 11);
    return switch (kind) {
      case 0, 1 -> comparedNumber();
      case 2 -> equalText();
      case 3 -> tag();
      case 4 -> state();
      case 5 -> exists();
      case 6 -> started();
      case 7 -> joined(depth, "and");
      case 8, 9 -> joined(depth, "or");
      default -> {
        Asked inner = asked(depth - 1);
        yield new Asked("not (" + inner.text() + ")", inner.naive().negate());
      }
    };
  }

  private Asked joined(int depth, String word) {
    Asked one = asked(depth - 1);
    Asked other = asked(depth - 1);
    return new Asked(
        "(" + one.text() + ") " + word + " (" + other.text() + ")",
        word.equals("and") ? one.naive().and(other.naive()) : one.naive().or(other.naive()));
  }

  private Asked comparedNumber() {
    String field =
        List.of("config.lr", "config.opt.name", "summary.val/loss", "summary.val/loss.min")
            .get(random.nextInt(4));
    double right = number();
    String operator = List.of("<", "<=", ">", ">=").get(random.nextInt(4));
    return new Asked(
        field + " " + operator + " " + right,
        made -> {
          Double left = made.numbers().get(field);
          return left != null
              && switch (operator) {
                case "<" -> left < right;
                case "<=" -> left <= right;
                case ">" -> left > right;
                default -> left >= right;
              };
        });
  }

  /* A word in no quotes is also a number if it looks like one; one in quotes is only a text. */
  private Asked equalText() {
    String word = word();
    boolean isBare = word.equals("7") && random.nextBoolean();
    boolean isNegated = random.nextBoolean();
    return new Asked(
        "config.opt.name " + (isNegated ? "!=" : "=") + (isBare ? " 7" : " '" + word + "'"),
        made -> {
          Object value = made.value("config.opt.name");
          boolean isEqual =
              value instanceof String text
                  ? text.equals(word)
                  : isBare && Double.valueOf(7).equals(value);
          return value != null && isEqual != isNegated;
        });
  }

  private Asked tag() {
    String one = word();
    String other = word();
    return switch (random.nextInt(3)) {
      case 0 -> new Asked("tag : \"" + one + "\"", made -> made.tags().contains(one));
      case 1 -> new Asked("tags != '" + one + "'", made -> !made.tags().contains(one));
      default ->
          new Asked(
              "tags in ('" + one + "', '" + other + "')",
              made -> made.tags().contains(one) || made.tags().contains(other));
    };
  }

  private Asked state() {
    String state = STATES.get(random.nextInt(STATES.size()));
    return random.nextBoolean()
        ? new Asked("state=" + state, made -> state.equals(made.texts().get("state")))
        : new Asked("state ~ n", made -> !"crashed".equals(made.texts().get("state")));
  }

  private Asked exists() {
    String field = field();
    return new Asked(field + " exists", made -> made.value(field) != null);
  }

  private Asked started() {
    int hours = random.nextInt(6);
    return new Asked(
        "started >= " + hours + "h ago",
        made -> {
          Double started = made.numbers().get("started");
          return started != null && started >= -hours;
        });
  }
}
