package io.ostraka.query.runs;

import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.SortKey;
import java.util.List;

/**
 * Which page of the runs of a project.
 *
 * @param project the project
 * @param filter which runs
 * @param sort in which order; of equal ones, and where there is none, the latest start first
 * @param offset how many to pass over
 * @param limit how many to show, at most {@link #MOST}
 */
public record TableRequest(
    String project, Filter filter, List<SortKey> sort, int offset, int limit) {
  /** The longest page. */
  public static final int MOST = 10_000;

  private static final int MOST_KEYS = 16;

  /** Checks the numbers. */
  public TableRequest {
    sort = List.copyOf(sort);
    if (sort.size() > MOST_KEYS) {
      throw new IllegalArgumentException(
          "sort has " + sort.size() + " keys; give at most " + MOST_KEYS);
    }
    if (offset < 0) {
      throw new IllegalArgumentException("offset = " + offset + " is negative");
    }
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException(
          "limit = " + limit + " is out of range; give 1 to " + MOST);
    }
  }
}
