package io.ostraka.query;

import io.ostraka.WriterId;
import org.jspecify.annotations.Nullable;

/**
 * Which console lines are wanted: the newest, or the oldest after a row.
 *
 * @param project the project
 * @param run the run's id
 * @param writer only this writer, null for all
 * @param after only rows above this one, of the named writer; null for the newest lines
 * @param search only lines that hold this text in whatever case; empty for all
 * @param limit the most lines of the answer, 1 to {@value #MOST_LINES}
 */
public record ConsoleRequest(
    String project,
    String run,
    @Nullable WriterId writer,
    @Nullable Long after,
    String search,
    int limit) {
  /** The most lines that one answer has. */
  public static final int MOST_LINES = 10_000;

  /** Checks what can be checked without looking. */
  public ConsoleRequest {
    if (after != null && writer == null) {
      throw new IllegalArgumentException(
          "after = " + after + " is a row of one writer; name it with writer");
    }
    Limits.check(limit, MOST_LINES);
  }
}
