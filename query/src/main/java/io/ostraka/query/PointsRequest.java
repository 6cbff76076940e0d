package io.ostraka.query;

import io.ostraka.Stream;
import io.ostraka.WriterId;
import org.jspecify.annotations.Nullable;

/**
 * Which exact points are wanted.
 *
 * @param project the project
 * @param run the run's id
 * @param metric the metric's name
 * @param stream metrics or system
 * @param writer only this writer, null for all
 * @param axis what the range is on
 * @param range the part of the axis
 * @param limit the most points of the answer, 1 to {@value #MOST_POINTS}
 */
public record PointsRequest(
    String project,
    String run,
    String metric,
    Stream stream,
    @Nullable WriterId writer,
    Axis axis,
    Range range,
    int limit) {
  /** The most points that one answer has. */
  public static final int MOST_POINTS = 100_000;

  /** Checks what can be checked without looking. */
  public PointsRequest {
    if (!stream.isSeries()) {
      throw new IllegalArgumentException(
          "The stream " + stream.folder() + " holds no points; ask for metrics or system");
    }
    Limits.check(limit, MOST_POINTS);
  }
}
