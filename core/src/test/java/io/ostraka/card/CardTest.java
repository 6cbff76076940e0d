package io.ostraka.card;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardFormatException;
import io.ostraka.WriterId;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CardTest {
  @Test
  void aCardIsReadAsWhatItSays() throws ShardFormatException {
    Card card =
        parse(
            """
            {"format": 1, "writer": "r000003-9f1c0a77d2e4b581", "name": "mlp-64", "group": "width",
             "job_type": "train", "tags": ["a", "b", "a", 3], "config": {"lr": 0.001}, "rank": 3,
             "summary": {"best": 0.9}, "world_size": 4, "host": "node7",
             "resume_step": 120, "supersedes": ["r000003-0000000000000000", "nonsense"],
             "parent_writer": "r000000-1111111111111111", "fork_run": "other", "fork_step": 7,
             "dropped": {"metrics": 3, "texts": 2}, "rows": {"metrics": 3000},
             "started_at": "2026-11-21T10:15:00.123Z", "heartbeat_at": "2026-11-21T11:15:00+01:00",
             "heartbeat_seconds": 15.5, "finished_at": "2026-11-21T12:00:00Z", "state": "failed",
             "failure": "out of memory"}
            """);
    assertThat(card.format()).isEqualTo(1);
    assertThat(card.name()).contains("mlp-64");
    assertThat(card.group()).contains("width");
    assertThat(card.jobType()).contains("train");
    assertThat(card.tags()).containsExactly("a", "b");
    assertThat(card.config().get("lr").asDouble()).isEqualTo(0.001);
    assertThat(card.summary().get("best").asDouble()).isEqualTo(0.9);
    assertThat(card.rank()).isEqualTo(3);
    assertThat(card.worldSize()).isEqualTo(4);
    assertThat(card.host()).contains("node7");
    assertThat(card.resumeStep()).hasValue(120);
    assertThat(card.supersedes()).containsExactly(new WriterId("r000003-0000000000000000"));
    assertThat(card.parentWriter()).contains(new WriterId("r000000-1111111111111111"));
    assertThat(card.forkRun()).contains("other");
    assertThat(card.forkStep()).hasValue(7);
    assertThat(card.dropped()).isEqualTo(5);
    assertThat(card.rows()).isEqualTo(Map.of("metrics", 3000L));
    assertThat(card.startedAt()).contains(Instant.parse("2026-11-21T10:15:00.123Z"));
    assertThat(card.heartbeatAt()).contains(Instant.parse("2026-11-21T10:15:00Z"));
    assertThat(card.heartbeatSeconds()).isEqualTo(15.5);
    assertThat(card.finishedAt()).contains(Instant.parse("2026-11-21T12:00:00Z"));
    assertThat(card.state()).isEqualTo("failed");
    assertThat(card.failure()).contains("out of memory");
  }

  @Test
  void aCardThatSaysNothingHasDefaults() throws ShardFormatException {
    Card card = parse("{}");
    assertThat(card).isEqualTo(Card.empty());
    assertThat(card.format()).isEqualTo(1);
    assertThat(card.rank()).isZero();
    assertThat(card.worldSize()).isEqualTo(1);
    assertThat(card.state()).isEqualTo("running");
    assertThat(card.heartbeatSeconds()).isEqualTo(10);
    assertThat(card.dropped()).isZero();
    assertThat(card.config()).isEmpty();
    assertThat(card.tags()).isEmpty();
    assertThat(card.startedAt()).isEmpty();
    assertThat(card.rows()).isEmpty();
  }

  @Test
  void fieldsOfAnotherTypeAreTakenAsAbsent() throws ShardFormatException {
    Card card =
        parse(
            """
            {"name": 5, "tags": "a", "config": [1], "started_at": "yesterday", "rank": "three",
             "heartbeat_seconds": -1, "dropped": "some", "supersedes": {}, "summary": null,
             "resume_step": 1.5e300, "state": null}
            """);
    assertThat(card.name()).isEmpty();
    assertThat(card.tags()).isEmpty();
    assertThat(card.config()).isEmpty();
    assertThat(card.summary()).isEmpty();
    assertThat(card.startedAt()).isEmpty();
    assertThat(card.rank()).isZero();
    assertThat(card.heartbeatSeconds()).isEqualTo(10);
    assertThat(card.dropped()).isZero();
    assertThat(card.supersedes()).isEmpty();
    assertThat(card.resumeStep()).isEmpty();
    assertThat(card.state()).isEqualTo("running");
  }

  @Test
  void unknownFieldsAreKept() throws ShardFormatException {
    Card card = parse("{\"of the future\": {\"deep\": [1, null, true]}, \"format\": 1}");
    assertThat(parse(text(card))).isEqualTo(card);
    assertThat(card.merge(json("{\"name\": \"n\"}")).json().has("of the future")).isTrue();
  }

  @Test
  void aKeyThatIsThereTwiceIsRefusedWithItsPlace() {
    assertRefused(
        "{\"a\": 1,\n \"b\": 2, \"a\": 3}",
        "it is not strict JSON at line 2, column 13: Duplicate field 'a'");
  }

  @Test
  void junkAfterTheCardIsRefusedWithItsPlace() {
    assertThatExceptionOfType(ShardFormatException.class)
        .isThrownBy(() -> parse("{\"a\": 1}\n{\"b\": 2}"))
        .withMessageStartingWith("it is not strict JSON at line 2, column ")
        .withMessageContaining("Trailing token");
    assertThatCode(() -> parse("{\"a\": 1}\n \n")).doesNotThrowAnyException();
  }

  @Test
  void whatIsNoStrictJsonIsRefused() {
    for (String text :
        new String[] {
          "{\"a\": NaN}",
          "{\"a\": Infinity}",
          "{'a': 1}",
          "{a: 1}",
          "{\"a\": 1,}",
          "{\"a\": 01}",
          "{\"a\": 1 // c\n}",
          "{\"a\": \"x",
          "{",
          "nul",
          "\u0000",
          "{\"a\": \"\n\"}",
          "[".repeat(100_000)
        }) {
      assertThatExceptionOfType(ShardFormatException.class)
          .as(text.length() < 30 ? text : "long")
          .isThrownBy(() -> parse(text))
          .withMessageStartingWith("it is not strict JSON")
          .withMessageNotContaining("\n");
    }
  }

  @Test
  void whatIsNoObjectIsRefused() {
    assertRefused("", "it is empty, expected a JSON object");
    assertRefused("  \n", "it is empty, expected a JSON object");
    assertRefused("[1]", "it holds no JSON object but something else");
    assertRefused("null", "it holds no JSON object but something else");
  }

  @Test
  void aCardFromTheFutureIsRefusedWithWhatWasFoundAndWhatIsRead() {
    assertRefused("{\"format\": 2}", "format 2, this build reads 1 to 1; upgrade ostraka");
    assertRefused(
        "{\"format\": 99999999999}",
        "format 99999999999, this build reads 1 to 1; upgrade ostraka");
    assertRefused(
        "{\"format\": \"x\"}", "the card's format is \"x\", expected a whole number from 1");
    assertRefused("{\"format\": 0}", "the card's format is 0, expected a whole number from 1");
  }

  @Test
  void numbersThatJsonHasNoTextForBecomeTexts() throws ShardFormatException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode config = json.putObject("config");
    config.put("nan", Double.NaN);
    config.put("up", Double.POSITIVE_INFINITY);
    config.put("down", Float.NEGATIVE_INFINITY);
    config.putArray("list").add(Double.NaN).add(1.5);
    Card card = Card.of(json);
    assertThat(text(card))
        .isEqualTo(
            "{\"config\":{\"nan\":\"NaN\",\"up\":\"Infinity\",\"down\":\"-Infinity\","
                + "\"list\":[\"NaN\",1.5]}}\n");
    assertThat(parse(text(card))).isEqualTo(card);
    assertThat(Card.empty().merge(json)).isEqualTo(card);
  }

  @Test
  void numbersComeBackAsTheyWent() throws ShardFormatException {
    String text =
        "{\"config\":{\"a\":0.1,\"b\":2.0E-3,\"c\":9007199254740993,\"d\":1.7976931348623157E308,"
            + "\"e\":4.9E-324,\"f\":123456789012345678901234567890,\"g\":-0.0}}";
    Card card = parse(text);
    assertThat(parse(text(card))).isEqualTo(card);
    assertThat(card.config().get("f").bigIntegerValue().toString())
        .isEqualTo("123456789012345678901234567890");
    assertThat(card.config().get("c").longValue()).isEqualTo(9007199254740993L);
  }

  @Test
  void textsComeBackAsTheyWent() throws ShardFormatException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("notes", "Größe 😀 \"quoted\" \\ \u0000 \u2028 line\nend");
    Card card = Card.of(json);
    assertThat(parse(text(card)).notes()).isEqualTo(card.notes());
    assertThat(text(card).trim()).doesNotContain("\n");
  }

  @Test
  void aChangeReplacesRemovesAndMergesConfigAndSummaryByKey() throws ShardFormatException {
    Card card =
        parse(
            """
            {"name": "a", "group": "g", "tags": ["x"], "config": {"lr": 1, "deep": {"p": 1}},
             "summary": {"best": 1, "last": 2}}
            """);
    Card changed =
        card.merge(
            json(
                """
                {"name": "b", "group": null, "tags": ["y"], "notes": "n",
                 "config": {"lr": 2, "deep": {"q": 2}, "new": 3}, "summary": {"best": null}}
                """));
    assertThat(changed.json())
        .isEqualTo(
            json(
                """
                {"name": "b", "tags": ["y"], "config": {"lr": 2, "deep": {"q": 2}, "new": 3},
                 "summary": {"last": 2}, "notes": "n"}
                """));
    assertThat(card.name()).contains("a");
    assertThat(card.merge(json("{\"config\": null}")).config()).isEmpty();
    assertThat(Card.empty().merge(json("{\"config\": {\"a\": 1}}")).config()).hasSize(1);
    assertThat(parse("{\"config\": 5}").merge(json("{\"config\": {\"a\": 1}}")).config())
        .hasSize(1);
  }

  @Test
  void nobodyCanChangeACard() throws ShardFormatException {
    ObjectNode given = json("{\"config\": {\"a\": 1}}");
    Card card = Card.of(given);
    given.withObject("/config").put("a", 2);
    card.json().put("name", "x");
    card.json().withObject("/config").put("a", 3);
    card.config().put("a", 4);
    ObjectNode change = json("{\"config\": {\"b\": {\"c\": 1}}}");
    Card merged = card.merge(change);
    change.withObject("/config/b").put("c", 2);
    assertThat(card.json()).isEqualTo(json("{\"config\": {\"a\": 1}}"));
    assertThat(merged.json()).isEqualTo(json("{\"config\": {\"a\": 1, \"b\": {\"c\": 1}}}"));
  }

  private static void assertRefused(String text, String message) {
    assertThatExceptionOfType(ShardFormatException.class)
        .isThrownBy(() -> parse(text))
        .withMessage(message);
  }

  private static Card parse(String text) throws ShardFormatException {
    return Card.parse(text.getBytes(UTF_8));
  }

  private static ObjectNode json(String text) throws ShardFormatException {
    return parse("{\"wrapped\": " + text + "}").json().withObject("/wrapped");
  }

  private static String text(Card card) {
    return new String(card.bytes(), UTF_8);
  }
}
