package io.ostraka.query;

import io.ostraka.WriterId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The ranks' lines of some runs, by number: the writers that log one after the other what belongs
 * together.
 *
 * @param byWriter the line of each writer
 */
record Tracks(List<Integer> byWriter) {
  static Tracks of(Selection selection) {
    Map<Rank, Integer> numbers = new HashMap<>();
    List<Integer> byWriter = new ArrayList<>();
    for (int writer = 0; writer < selection.writerCount(); writer++) {
      Rank rank = new Rank(selection.runOf(writer), selection.lead(writer));
      byWriter.add(numbers.computeIfAbsent(rank, next -> numbers.size()));
    }
    return new Tracks(byWriter);
  }

  int of(int writer) {
    return byWriter.get(writer);
  }

  private record Rank(int run, WriterId lead) {}
}
