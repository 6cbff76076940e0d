package io.ostraka.query;

import io.ostraka.catalog.Problem;
import java.util.List;

/**
 * Rows, and whether there are more of them than were asked for.
 *
 * @param <T> what a row is
 * @param rows in the order that the request says
 * @param more whether the limit left some out
 * @param problems shards that were left out
 */
public record Page<T>(List<T> rows, boolean more, List<Problem> problems) {
  /** Keeps its own copies. */
  public Page {
    rows = List.copyOf(rows);
    problems = List.copyOf(problems);
  }
}
