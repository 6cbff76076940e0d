package io.ostraka.query.runs;

import io.ostraka.catalog.Problem;
import java.util.List;

/**
 * A page of runs.
 *
 * @param rows in the order asked for
 * @param total how many runs the project has
 * @param matched how many of them the filter lets through
 * @param notes what may be a mistake in the call: fields that no run has
 * @param problems shards and cards that were left out
 */
public record TableAnswer(
    List<RunRow> rows, int total, int matched, List<String> notes, List<Problem> problems) {
  /** Keeps its own copies. */
  public TableAnswer {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
    problems = List.copyOf(problems);
  }
}
