package io.ostraka.query;

import io.ostraka.query.smooth.Smoothing;

/**
 * What takes the points of lines, as a request wants it.
 *
 * @param grid the bins of the answer
 */
record Reducers(SeriesRequest request, Layout layout, Grid grid) {
  /** Whether lines of few points are given as these. */
  boolean areFewExact() {
    return request.options().exact() && layout.statistic() == null;
  }

  /** Gives a line what reduces its points, unless that is the bins of its members. */
  void prepare(Line line) {
    if (layout.statistic() == null) {
      line.reduceBy(reducer());
    }
  }

  private Reducer reducer() {
    int wanted = request.bins();
    return switch (request.options().reduction()) {
      case BINS -> new BinReducer(grid, areFewExact() ? wanted : 0);
      case M4 -> new M4Reducer(grid);
      case LTTB -> new LttbReducer(grid, wanted);
      case LAST -> new LastReducer(grid, wanted);
    };
  }

  /** What takes the points of one rank's line, which a writer belongs to. */
  PointSink sink(Line line, int writer) {
    Smoothing smoothing = request.options().smoothing();
    Reducer reducer = line.reducer(layout.members().get(writer), grid);
    return smoothing == null ? reducer : new SmoothedSink(smoothing.start(), reducer);
  }

  /** The bins of the member of a line that a writer belongs to. */
  Bins.Builder bins(Line line, int writer) {
    return line.bins(layout.members().get(writer), grid).builder();
  }
}
