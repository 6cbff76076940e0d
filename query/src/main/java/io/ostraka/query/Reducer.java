package io.ostraka.query;

import java.util.List;

/** Makes of the points of a line what is drawn of it. */
interface Reducer extends PointSink {
  /**
   * What is drawn.
   *
   * @param order the numbers of all writers that the line may have points of, ascending
   */
  Drawn drawn(List<Integer> order);
}
