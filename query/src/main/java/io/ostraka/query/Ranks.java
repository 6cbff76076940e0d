package io.ostraka.query;

/** How the ranks of a run are drawn. */
public enum Ranks {
  /** One line for each run, with the points of all its ranks. */
  MERGE,
  /** One line for each rank. */
  EACH,
  /** One line for each run: in each bin the mean of its ranks, and how far they are apart. */
  BAND
}
