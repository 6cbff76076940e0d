package io.ostraka.query;

import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.Problem;
import io.ostraka.store.UnreachableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The shards that one answer has to do without, while everything else is in it: those that the
 * store does not hand out just now, and those that were gone when they were to be read.
 */
final class Lost {
  /** One that is listed so often and never there is left to the next answer. */
  private static final int MOST_LOOKS = 3;

  private final Map<String, String> withheld = new LinkedHashMap<>();
  private final Map<String, Gone> gone = new LinkedHashMap<>();

  /** A shard that was gone, and how often. */
  private record Gone(LiveShard shard, int times) {}

  /** Takes note of what a query was told instead of an answer. */
  void add(SelectionChanged change) {
    change.withheld().forEach((shard, why) -> withheld.put(shard.key(), said(shard, why)));
    for (LiveShard shard : change.gone()) {
      Gone now =
          gone.merge(shard.key(), new Gone(shard, 1), (a, b) -> new Gone(shard, a.times + 1));
      if (now.times == MOST_LOOKS) {
        withheld.put(
            shard.key(),
            "The shard "
                + shard.key()
                + " is listed and not there; everything else is shown. `ostraka doctor` says more");
      }
    }
  }

  private static String said(LiveShard shard, IOException why) {
    return why instanceof UnreachableException away
        ? "Cannot read " + shard.key() + ": " + away.reason() + "; everything else is shown"
        : String.valueOf(why.getMessage());
  }

  /** What to say of a shard that is to be left out of the answer, nothing of others. */
  Optional<Problem> withheld(LiveShard shard) {
    return Optional.ofNullable(withheld.get(shard.key()))
        .map(message -> new Problem(shard.key(), message));
  }

  /** Why one of those that are left out is, nothing if none is. */
  Optional<String> whyWithheld() {
    return withheld.values().stream().findFirst();
  }

  /**
   * Shards that were in a folder and took rows with them.
   *
   * @param folder the prefix of a stream of a writer
   * @param live what is in it now
   */
  List<Problem> rowsGone(String folder, List<LiveShard> live) {
    List<Problem> problems = new ArrayList<>();
    for (Gone one : gone.values()) {
      LiveShard shard = one.shard();
      boolean isHere = shard.key().startsWith(folder) && !withheld.containsKey(shard.key());
      if (isHere && rowsOf(shard, live) < shard.name().last() - shard.fromRow() + 1) {
        problems.add(
            new Problem(
                shard.key(),
                "The shard %s was gone when it was to be read, and rows %d to %d with it; everything else is shown. `ostraka doctor` says more"
                    .formatted(shard.key(), shard.fromRow(), shard.name().last())));
      }
    }
    return problems;
  }

  /** How many of a shard's rows others have. */
  private static long rowsOf(LiveShard shard, List<LiveShard> live) {
    long rows = 0;
    for (LiveShard other : live) {
      long first = Math.max(shard.fromRow(), other.fromRow());
      long last = Math.min(shard.name().last(), other.name().last());
      rows += Math.max(0, last - first + 1);
    }
    return rows;
  }
}
