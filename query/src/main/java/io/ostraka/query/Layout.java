package io.ostraka.query;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * On which line the points of each writer are, and of what the lines are made.
 *
 * @param keys the line of each writer, by the writer's number
 * @param members the member of its line that each writer belongs to
 * @param statistic what is told of lines of several members; null if lines have none
 */
record Layout(List<LineKey> keys, List<Integer> members, @Nullable Statistic statistic) {
  static Layout of(SeriesRequest request, Selection selection) {
    Grouping grouping = request.options().grouping();
    Tracks tracks = Tracks.of(selection);
    List<LineKey> keys = new ArrayList<>();
    List<Integer> members = new ArrayList<>();
    for (int writer = 0; writer < selection.writerCount(); writer++) {
      int run = selection.runOf(writer);
      if (grouping != null) {
        String value = grouping.field().of(selection.runs().get(run));
        keys.add(new LineKey(LineKey.SEVERAL, null, value));
        members.add(run);
      } else {
        boolean each = request.ranks() == Ranks.EACH;
        keys.add(new LineKey(run, each ? selection.lead(writer) : null, null));
        members.add(request.ranks() == Ranks.BAND ? tracks.of(writer) : 0);
      }
    }
    Statistic ofRanks = request.ranks() == Ranks.BAND ? Statistic.STD : null;
    return new Layout(keys, members, grouping == null ? ofRanks : grouping.statistic());
  }
}
