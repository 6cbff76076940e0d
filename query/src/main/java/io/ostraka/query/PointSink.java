package io.ostraka.query;

/** Takes the points of one rank's line, by position; of one position the last word comes last. */
interface PointSink {
  /**
   * Takes a point.
   *
   * @param writer its writer's number
   * @param position where it lies, in positions of the axis
   * @param x the same in units of x
   */
  void add(int writer, long position, double x, long row, double value);

  /** The rank's line has no more points; another one of the same line may follow. */
  default void end() {}
}
