package io.ostraka.query;

/** To what a line of many points is reduced. */
public enum Reduction {
  /** Bins: minimum, maximum, mean, last value and count of each. */
  BINS,
  /**
   * M4 (Jugel, Jerzak, Hackenbroich, Markl: "M4: A Visualization-Oriented Time Series Data
   * Aggregation", VLDB 2014): of each bin the first, last, least and greatest point. Drawn as a
   * line of so many pixels it is the picture of all points.
   */
  M4,
  /**
   * Largest triangle, three buckets (Steinarsson: "Downsampling Time Series for Visual
   * Representation", University of Iceland 2013): of so many groups of points the one of each that
   * makes the largest triangle with its neighbours. A line that looks alike; a spike may go.
   */
  LTTB,
  /** The last points, so many. */
  LAST
}
