package io.ostraka.query;

import org.jspecify.annotations.Nullable;

/**
 * What is drawn of a line: bins, or points.
 *
 * @param bins none if the line is given as points
 * @param points null if the line is given in bins
 * @param band what the members of the line have in each of the bins; null if it is not of several
 * @param exact whether the points are all that there are in view
 */
public record Drawn(Bins bins, @Nullable Points points, @Nullable Band band, boolean exact) {
  static Drawn nothing() {
    return bins(Bins.none());
  }

  static Drawn bins(Bins bins) {
    return new Drawn(bins, null, null, false);
  }

  static Drawn band(Bins bins, Band band) {
    return new Drawn(bins, null, band, false);
  }

  static Drawn points(Points points, boolean exact) {
    return new Drawn(Bins.none(), points, null, exact);
  }
}
