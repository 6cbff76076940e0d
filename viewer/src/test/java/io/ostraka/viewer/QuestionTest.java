package io.ostraka.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuestionTest {
  private String state = "one";
  private final AtomicInteger worked = new AtomicInteger();
  private String body = "{}";

  private Answer work() {
    worked.incrementAndGet();
    return Answer.json(200, body.getBytes(StandardCharsets.UTF_8));
  }

  private Question ofState() {
    return Question.about(() -> state, () -> state, this::work);
  }

  private static String tag(Answer answer) {
    return Objects.requireNonNull(answer.headers().get("ETag"));
  }

  @Test
  void nothingIsDoneForWhoHasTheAnswerAlready() throws Exception {
    Answer first = ofState().answer("runs?project=p", null);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.headers()).containsEntry("Cache-Control", "no-cache");
    Answer again = ofState().answer("runs?project=p", List.of("\"x\", " + tag(first)));
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.headers()).containsEntry("ETag", tag(first));
    assertThat(worked).hasValue(1);
  }

  @Test
  void anotherStateAndAnotherQuestionAreAnsweredAnew() throws Exception {
    String tag = tag(ofState().answer("runs?project=p", null));
    assertThat(ofState().answer("runs?project=q", List.of(tag)).status()).isEqualTo(200);
    state = "two";
    Answer changed = ofState().answer("runs?project=p", List.of(tag));
    assertThat(changed.status()).isEqualTo(200);
    assertThat(tag(changed)).isNotEqualTo(tag);
  }

  @Test
  void whatChangesDuringTheWorkIsTaggedByItsBytes() throws Exception {
    Question changing =
        Question.about(
            () -> state,
            () -> state,
            () -> {
              state = state + "'";
              return work();
            });
    String tag = tag(changing.answer("a", null));
    state = "one";
    assertThat(ofState().answer("a", List.of(tag)).status())
        .as("the state's own tag would say that nothing changed")
        .isEqualTo(200);
    assertThat(changing.answer("a", List.of(tag)).status())
        .as("the same bytes again")
        .isEqualTo(304);
    body = "{\"more\":true}";
    assertThat(changing.answer("a", List.of(tag)).status()).isEqualTo(200);
  }

  @Test
  void anErrorAndTheTimeHaveNoTag() throws Exception {
    Question wrong = Question.of(() -> Answer.error(400, "no"));
    assertThat(wrong.answer("a", null).headers())
        .doesNotContainKey("ETag")
        .containsEntry("Cache-Control", "no-store");
    assertThat(Question.ofNow(this::work).answer("a", List.of("*")).status()).isEqualTo(200);
  }

  @Test
  void tagsAreComparedWeaklyAndAStarIsAny() {
    assertThat(EntityTag.isAmong(null, "W/\"a\"")).isFalse();
    assertThat(EntityTag.isAmong(List.of("\"a\""), "W/\"a\"")).isTrue();
    assertThat(EntityTag.isAmong(List.of("W/\"b\"", " W/\"c\",W/\"a\""), "W/\"a\"")).isTrue();
    assertThat(EntityTag.isAmong(List.of("*"), "W/\"a\"")).isTrue();
    assertThat(EntityTag.isAmong(List.of("W/\"aa\", a"), "W/\"a\"")).isFalse();
  }
}
