package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which of the shards that a listing shows are taken in, where each one read is a request that
 * costs money. Cards and states are always those of the listing. Of a run that somebody looks at,
 * new shards are taken in all at once as soon as the budget has as many requests, and runs take
 * turns; what waits is merged meanwhile, and costs less later. Not safe for threads.
 */
final class Intake {
  /** A run that costs more than is ever saved up goes when so much is. */
  private static final double MOST_SAVED = 80;

  private Map<RunKey, Taken> taken = new HashMap<>();
  private long turn;

  /** A run as it is shown, and in which turn its shards were last taken in. */
  private record Taken(RunSnapshot shown, long turn) {}

  /** Which streams of a run somebody looks at. */
  interface Watched {
    Set<Stream> streams(RunKey run);
  }

  /** Takes in everything. */
  List<RunSnapshot> everything(List<RunSnapshot> listed) {
    return take(listed, run -> Set.of(), 0);
  }

  /**
   * Takes in as much as a number of requests allows.
   *
   * @return the runs as they are to be shown, in the order of the listing
   */
  List<RunSnapshot> take(List<RunSnapshot> listed, Watched watched, double requests) {
    turn++;
    Map<RunKey, Taken> now = new HashMap<>();
    List<Waiting> waiting = new ArrayList<>();
    for (RunSnapshot run : listed) {
      Taken before = taken.get(run.key());
      int cost = before == null ? 0 : cost(before.shown(), run, watched.streams(run.key()));
      if (before == null || cost == 0) {
        now.put(run.key(), new Taken(run, turn));
      } else {
        waiting.add(new Waiting(run, before, cost));
      }
    }
    waiting.sort(Comparator.comparingLong(one -> one.before().turn()));
    double left = requests;
    for (Waiting one : waiting) {
      boolean isItsTurn = left >= Math.min(one.cost(), MOST_SAVED);
      left = isItsTurn ? left - one.cost() : Double.NEGATIVE_INFINITY; // Nobody jumps the queue.
      now.put(one.run().key(), isItsTurn ? new Taken(one.run(), turn) : one.left());
    }
    taken = now;
    return listed.stream().map(run -> Objects.requireNonNull(now.get(run.key())).shown()).toList();
  }

  /** A run with new shards. */
  private record Waiting(RunSnapshot run, Taken before, int cost) {
    Taken left() {
      return new Taken(withShardsOf(before.shown(), run), before.turn());
    }
  }

  /* A run that has ended has no more to come, and is to be seen whole. */
  private static int cost(RunSnapshot before, RunSnapshot now, Set<Stream> streams) {
    if (streams.isEmpty() || now.state().hasEnded()) {
      return 0;
    }
    Set<String> known = new HashSet<>();
    shards(before, streams).forEach(shard -> known.add(shard.key()));
    return (int) shards(now, streams).stream().filter(s -> !known.contains(s.key())).count();
  }

  private static List<LiveShard> shards(RunSnapshot run, Set<Stream> streams) {
    List<LiveShard> shards = new ArrayList<>();
    for (WriterSnapshot writer : run.writers()) {
      streams.forEach(stream -> shards.addAll(writer.shards(stream)));
    }
    return shards;
  }

  private static RunSnapshot withShardsOf(RunSnapshot before, RunSnapshot now) {
    Map<String, WriterSnapshot> known = new HashMap<>();
    before.writers().forEach(writer -> known.put(writer.key().prefix(), writer));
    List<WriterSnapshot> writers = new ArrayList<>();
    for (WriterSnapshot writer : now.writers()) {
      WriterSnapshot older = known.get(writer.key().prefix());
      writers.add(
          new WriterSnapshot(
              writer.key(),
              writer.card(),
              writer.state(),
              writer.lastActivity(),
              older == null ? Map.of() : older.shards()));
    }
    return new RunSnapshot(now.key(), now.card(), now.state(), writers, now.problems());
  }
}
