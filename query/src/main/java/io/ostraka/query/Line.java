package io.ostraka.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One line of a chart while it is being made. */
final class Line {
  private final LineKey key;
  private final TreeSet<Integer> runs = new TreeSet<>();
  private final TreeSet<Integer> writers = new TreeSet<>();
  private final Map<Integer, BinReducer> binsOfMembers = new TreeMap<>();
  private @Nullable Extent extent;
  private @Nullable Reducer reducer;

  Line(LineKey key) {
    this.key = key;
  }

  LineKey key() {
    return key;
  }

  /** Adds a writer of a run that has points of the metric from here to there. */
  void add(int run, int writer, @Nullable Extent positions) {
    runs.add(run);
    writers.add(writer);
    extent = Extent.union(extent, positions);
  }

  /** The indexes of its runs, ascending. */
  List<Integer> runs() {
    return List.copyOf(runs);
  }

  /** The numbers of its writers, ascending. */
  List<Integer> writers() {
    return List.copyOf(writers);
  }

  /** From where to where it reaches, in positions; null if no point has a place on the axis. */
  @Nullable Extent extent() {
    return extent;
  }

  /** Sets what makes something to draw out of its points, where that is not bins alone. */
  void reduceBy(Reducer made) {
    reducer = made;
  }

  /** The bins of one of its members; a line that is not made of several has member 0 only. */
  BinReducer bins(int member, Grid grid) {
    return binsOfMembers.computeIfAbsent(member, number -> new BinReducer(grid, 0));
  }

  /** What takes the points of a member. */
  Reducer reducer(int member, Grid grid) {
    return reducer == null ? bins(member, grid) : reducer;
  }

  /**
   * What is drawn of it.
   *
   * @param statistic what is told of several members; null if the line has none
   */
  Drawn drawn(@Nullable Statistic statistic) {
    if (reducer != null) {
      return reducer.drawn(writers());
    }
    List<BinReducer> members = List.copyOf(binsOfMembers.values());
    if (members.isEmpty()) {
      return Drawn.nothing();
    }
    if (statistic == null) {
      return members.get(0).drawn(writers());
    }
    List<Bins.Builder> builders = new ArrayList<>();
    members.forEach(member -> builders.add(member.builder()));
    return Bins.Builder.drawn(builders, statistic, writers());
  }
}
