package io.ostraka.query;

import io.ostraka.WriterId;
import org.jspecify.annotations.Nullable;

/**
 * What tells a line of a metric from the others.
 *
 * @param run the index of its run; -1 where it is a group of runs
 * @param lead the writer that leads its rank, or null where it is not one rank
 * @param group what the runs of a group have in common, if anything
 */
record LineKey(int run, @Nullable WriterId lead, @Nullable String group) {
  static final int SEVERAL = -1;
}
