package io.ostraka.query;

import org.jspecify.annotations.Nullable;

/**
 * Which logged texts are wanted: the newest ones.
 *
 * @param project the project
 * @param run the run's id
 * @param metric only texts of this name, null for all
 * @param limit the most texts of the answer, 1 to {@value #MOST_TEXTS}
 */
public record TextsRequest(String project, String run, @Nullable String metric, int limit) {
  /** The most texts that one answer has. */
  public static final int MOST_TEXTS = 10_000;

  /** Checks what can be checked without looking. */
  public TextsRequest {
    Limits.check(limit, MOST_TEXTS);
  }
}
