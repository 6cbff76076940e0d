package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which of the shards that a listing shows are taken in, where each one read is a request that
 * costs money. Cards and states are always those of the listing. Of the runs that somebody looks
 * at, new shards are taken in as far as the budget goes: those of the run whose turn it is, of all
 * its writers alike, the oldest first. What waits is merged meanwhile, and costs less later. Not
 * safe for threads.
 */
final class Intake {
  private Map<RunKey, Taken> taken = Map.of();
  private long turn;

  /** A run as it is shown, and in which turn shards of it were last taken in. */
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
      // A run that has ended has no more to come, and is to be seen whole.
      List<Row> rows =
          before == null || run.state().hasEnded()
              ? List.of()
              : rows(before.shown(), run, watched.streams(run.key()));
      if (before == null || rows.isEmpty()) {
        now.put(run.key(), new Taken(run, turn));
      } else {
        waiting.add(new Waiting(run, before.turn(), rows));
      }
    }
    waiting.sort(Comparator.comparingLong(Waiting::turn));
    int left = (int) Math.max(0, Math.min(requests, Integer.MAX_VALUE));
    for (Waiting one : waiting) {
      long turnOfOne = left > 0 ? turn : one.turn();
      left = one.take(left);
      now.put(one.run().key(), new Taken(one.shown(), turnOfOne));
    }
    taken = now;
    return listed.stream().map(run -> Objects.requireNonNull(now.get(run.key())).shown()).toList();
  }

  /** The streams that have something new that costs a request. */
  private static List<Row> rows(RunSnapshot before, RunSnapshot now, Set<Stream> streams) {
    Map<String, WriterSnapshot> known = new HashMap<>();
    before.writers().forEach(writer -> known.put(writer.key().prefix(), writer));
    List<Row> rows = new ArrayList<>();
    for (WriterSnapshot writer : now.writers()) {
      WriterSnapshot older = known.get(writer.key().prefix());
      for (Stream stream : streams) {
        List<LiveShard> had = older == null ? List.of() : older.shards(stream);
        Row row = new Row(writer.key().prefix(), stream, had, writer.shards(stream));
        if (row.waits() > 0) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  /** A run with new shards, while some of them are taken in. */
  private record Waiting(RunSnapshot run, long turn, List<Row> rows) {
    /** Takes in so many shards at most, of all streams alike; returns how many may still be. */
    int take(int most) {
      int left = most;
      boolean any = true;
      while (left > 0 && any) {
        any = false;
        for (Row row : rows) {
          if (left > 0 && row.takeNext()) {
            left--;
            any = true;
          }
        }
      }
      return left;
    }

    RunSnapshot shown() {
      List<WriterSnapshot> writers = new ArrayList<>();
      for (WriterSnapshot writer : run.writers()) {
        Map<Stream, List<LiveShard>> shards = new EnumMap<>(Stream.class);
        shards.putAll(writer.shards());
        for (Row row : rows) {
          if (row.writer.equals(writer.key().prefix())) {
            shards.put(row.stream, row.shown());
          }
        }
        writers.add(
            new WriterSnapshot(
                writer.key(), writer.card(), writer.state(), writer.lastActivity(), shards));
      }
      return new RunSnapshot(run.key(), run.card(), run.state(), writers, run.problems());
    }
  }

  /** The shards of one stream of one writer, of which the last ones may have to wait. */
  private static final class Row {
    private final String writer;
    private final Stream stream;
    private final List<LiveShard> listed;
    private int shown;

    Row(String writer, Stream stream, List<LiveShard> before, List<LiveShard> listed) {
      this.writer = writer;
      this.stream = stream;
      this.listed = listed;
      long lastRow = before.isEmpty() ? -1 : before.get(before.size() - 1).name().last();
      // What holds no later rows was merged of what is known, or came late, and is not to wait.
      while (shown < listed.size() && listed.get(shown).name().last() <= lastRow) {
        shown++;
      }
    }

    int waits() {
      return listed.size() - shown;
    }

    boolean takeNext() {
      if (waits() == 0) {
        return false;
      }
      shown++;
      return true;
    }

    List<LiveShard> shown() {
      return listed.subList(0, shown);
    }
  }
}
