package io.ostraka.viewer;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that was understood: the work of answering it, and by what a client that asks again is
 * spared it.
 *
 * @param state names what the answer depends on, before the work; null if only its bytes tell
 * @param stateAfter names it as the work found it
 * @param isTagged whether the same answer may ever come again
 * @param work makes the answer
 */
record Question(@Nullable State state, @Nullable State stateAfter, boolean isTagged, Work work) {
  /** A name that is the same as long as something is. */
  interface State {
    String name() throws IOException;
  }

  /** Makes an answer. */
  interface Work {
    Answer answer() throws IOException, Refusal;
  }

  /** A question whose answer is the same as long as a state is. */
  static Question about(State state, State stateAfter, Work work) {
    return new Question(state, stateAfter, true, work);
  }

  /** A question whose answer must be made to know whether it is the same. */
  static Question of(Work work) {
    return new Question(null, null, true, work);
  }

  /** A question that is answered differently each time. */
  static Question ofNow(Work work) {
    return new Question(null, null, false, work);
  }

  /**
   * Answers, or says that the client has the answer already.
   *
   * @param address what was asked, in its own words
   * @param held the tags that the client sent, null if none
   */
  Answer answer(String address, @Nullable List<String> held) throws IOException, Refusal {
    String before = tagOf(address, state);
    if (before != null && EntityTag.isAmong(held, before)) {
      return Answer.unchanged(before);
    }
    Answer answer = work.answer();
    if (!isTagged || answer.status() != 200) {
      return answer;
    }
    // What changed meanwhile may be in the answer or not, so only its bytes tell what it is.
    boolean isStill = before != null && before.equals(tagOf(address, stateAfter));
    String tag = before != null && isStill ? before : EntityTag.of(answer.body());
    return EntityTag.isAmong(held, tag) ? Answer.unchanged(tag) : answer.tagged(tag);
  }

  private static @Nullable String tagOf(String address, @Nullable State state) throws IOException {
    return state == null ? null : EntityTag.of(address, state.name());
  }
}
