package io.ostraka.query;

import io.ostraka.WriterId;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One line of a chart while it is being made. */
final class Line {
  private final String metric;
  private final int run;
  private final @Nullable WriterId lead;
  private final TreeSet<Integer> writers = new TreeSet<>();
  private @Nullable Extent extent;
  private @Nullable Reducer reducer;

  /**
   * A line without points.
   *
   * @param run the index of its run
   * @param lead the writer that leads its rank, or null where it is all ranks of the run
   */
  Line(String metric, int run, @Nullable WriterId lead) {
    this.metric = metric;
    this.run = run;
    this.lead = lead;
  }

  String metric() {
    return metric;
  }

  int run() {
    return run;
  }

  @Nullable WriterId lead() {
    return lead;
  }

  /** Adds a writer that has points of the metric from here to there. */
  void add(int writer, @Nullable Extent positions) {
    writers.add(writer);
    extent = Extent.union(extent, positions);
  }

  /** The numbers of its writers, ascending. */
  List<Integer> writers() {
    return List.copyOf(writers);
  }

  /** From where to where it reaches, in positions; null if no point has a place on the axis. */
  @Nullable Extent extent() {
    return extent;
  }

  /** Sets what makes something to draw out of its points. */
  void reduceBy(Reducer made) {
    reducer = made;
  }

  /** What takes its points. */
  Reducer reducer() {
    return Objects.requireNonNull(reducer);
  }

  /** What is drawn of it. */
  Drawn drawn() {
    return reducer == null ? Drawn.nothing() : reducer.drawn(writers());
  }
}
