package io.ostraka.card;

/** How a writer or a run is doing, in a reader's opinion. */
public enum WriterState {
  /** It lives: its card says so, and it published or renewed its card lately. */
  RUNNING("running"),
  /** Its process is there but stands still, as its drainer saw. */
  STALLED("stalled"),
  /** It ended as it should. */
  FINISHED("finished"),
  /** It ended with a failure that its last card names. */
  FAILED("failed"),
  /** It says that it runs, but was not heard of for more than four heartbeat intervals. */
  CRASHED("crashed");

  private final String text;

  WriterState(String text) {
    this.text = text;
  }

  /** The word in lower case, as cards and the viewer's interface have it. */
  public String text() {
    return text;
  }

  /** Whether nothing more is to be expected: finished or failed. */
  public boolean hasEnded() {
    return this == FINISHED || this == FAILED;
  }
}
