package io.ostraka.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.shard.RollupRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Random logs of a few runs: steps that repeat, go back and are negative, values that are not
 * finite, spikes; several ranks; runs that are resumed, rewound and forked, by as many ranks as
 * before or others; shards as ours and as other writers lay them out, that come late, or are
 * merged; roll-ups of most of them, some damaged.
 *
 * <p>What is to be seen of them is told here in the plainest way, one row at a time.
 */
final class RandomLog {
  static final String PROJECT = "random";
  static final List<String> METRICS = List.of("a", "b/loss", "ü 🏺");

  /** A key of the configuration; runs with the same value of it are a group. */
  static final String GROUP_KEY = "parity";

  /** More than one row group, of DuckDB as of ours. */
  private static final int LEAST_LARGE_ROWS = 200_000;

  private final Random random;
  private final boolean isLarge;
  private final Map<String, Run> runs = new LinkedHashMap<>();
  private final RollupRule rollups;
  private final long pointsKept;

  RandomLog(Random random) {
    this(random, false);
  }

  /** A log one of whose writers has hundreds of thousands of rows, most of them of one metric. */
  static RandomLog large(Random random) {
    return new RandomLog(random, true);
  }

  private RandomLog(Random random, boolean isLarge) {
    this.random = random;
    this.isLarge = isLarge;
    this.rollups =
        random.nextBoolean()
            ? new RollupRule(1, 1, 1000)
            : new RollupRule(1 + random.nextInt(30), 1 + random.nextInt(10), 50);
    this.pointsKept = List.of(0L, 100L, SmallShards.USUALLY_KEPT).get(random.nextInt(3));
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String id = "run-" + i;
      runs.put(id, new Run(id, count));
    }
  }

  /** The value of {@link #GROUP_KEY} of a run. */
  static String group(String run) {
    return (run.charAt(run.length() - 1) - '0') % 2 == 0 ? "even" : "odd";
  }

  /** One run: its processes, started together in sessions one after the other. */
  private final class Run {
    private final RunKey key;
    private final Instant start;
    private final @Nullable String forkRun;
    private final long forkStep;
    private final List<Writer> writers = new ArrayList<>();
    private int sessionsShown;

    Run(String id, int runCount) {
      key = new RunKey(PROJECT, id);
      start = Instant.ofEpochMilli(1_795_000_000_000L + random.nextInt(100_000_000));
      // Itself, a child of its own and one that is not there are parents too.
      forkRun = random.nextBoolean() ? "run-" + random.nextInt(runCount + 1) : null;
      forkStep = scale() * (random.nextInt(300) - 20L);
      int sessions = 1 + random.nextInt(random.nextBoolean() ? 1 : 3);
      for (int session = 0; session < sessions; session++) {
        int ranks = 1 + random.nextInt(3);
        for (int rank = 0; rank < ranks; rank++) {
          writers.add(new Writer(this, session, rank, ranks, null));
          if (random.nextInt(10) == 0) {
            WriterId parent = writers.get(writers.size() - 1).key.writer();
            writers.add(new Writer(this, session, rank, ranks, parent));
          }
        }
      }
    }

    List<Writer> shown() {
      return writers.stream().filter(writer -> writer.session < sessionsShown).toList();
    }
  }

  /** One process. */
  private final class Writer {
    private final WriterKey key;
    private final int session;
    private final int rank;
    private final @Nullable WriterId parent;
    private final List<Writer> supersedes = new ArrayList<>();
    private final long resumeStep = scale() * (random.nextInt(400) - 50L);
    private final List<RootBuilder.Row> rows;
    private final BitSet published = new BitSet();
    private final Map<ShardName, Path> shards = new TreeMap<>();

    Writer(Run run, int session, int rank, int ranks, @Nullable WriterId parent) {
      this.key = new WriterKey(run.key, WriterId.of(rank, random.nextLong()));
      this.session = session;
      this.rank = rank;
      this.parent = parent;
      this.rows = log(run.start, size(runs.isEmpty() && run.writers.isEmpty()));
      for (Writer older : run.writers) {
        if (parent == null && older.session < session && older.rank % ranks == rank) {
          supersedes.add(older);
        }
      }
    }

    void card(Run run, ObjectNode card) {
      card.putObject("config").put(GROUP_KEY, group(run.key.run()));
      if (run.forkRun != null) {
        card.put("fork_run", run.forkRun).put("fork_step", run.forkStep);
      }
      if (parent != null) {
        card.put("parent_writer", parent.text());
      }
      if (!supersedes.isEmpty()) {
        card.put("resume_step", resumeStep);
        ArrayNode ids = card.putArray("supersedes");
        supersedes.forEach(older -> ids.add(older.key.writer().text()));
      }
    }
  }

  /** Once how many steps, of those a small log has, this one has about. */
  int scale() {
    return isLarge ? 1000 : 1;
  }

  /** A metric; of a large log mostly the one that so has more points than a row group. */
  String metric(Random by) {
    boolean isFirst = isLarge && by.nextInt(3) > 0;
    return METRICS.get(isFirst ? 0 : by.nextInt(METRICS.size()));
  }

  private int size(boolean isFirst) {
    if (isLarge && isFirst) {
      return LEAST_LARGE_ROWS + random.nextInt(LEAST_LARGE_ROWS / 2);
    }
    return 1 + random.nextInt(isLarge ? LEAST_LARGE_ROWS / 10 : 300);
  }

  private List<RootBuilder.Row> log(Instant start, int size) {
    List<RootBuilder.Row> log = new ArrayList<>();
    long step = random.nextInt(5) == 0 ? -random.nextInt(1000) : 0;
    long time = start.toEpochMilli() * 1000;
    int stride = 1 + random.nextInt(random.nextBoolean() ? 3 : 5000);
    for (int row = 0; row < size; row++) {
      String name = metric(random);
      log.add(new RootBuilder.Row(row, step, time, name, value()));
      step += random.nextInt(20) == 0 ? -random.nextInt(50) : random.nextInt(stride + 1);
      time += random.nextInt(40_000);
    }
    return log;
  }

  private double value() {
    return switch (random.nextInt(30)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> 1e300;
      case 4 -> -0.0;
      case 5 -> 1e6 * random.nextDouble();
      default -> random.nextGaussian();
    };
  }

  /**
   * Publishes some of what is not published yet, now and then a later shard before an earlier one,
   * or all of it; and merges some shards of what is there.
   */
  void publish(RootBuilder root, boolean all) throws IOException {
    for (Run run : runs.values()) {
      int sessions = run.writers.get(run.writers.size() - 1).session + 1;
      boolean isThere = all || run.sessionsShown > 0 || random.nextInt(5) > 0;
      int least = Math.max(run.sessionsShown, isThere ? 1 : 0);
      run.sessionsShown = all ? sessions : least + random.nextInt(sessions - least + 1);
      run.sessionsShown = isThere ? run.sessionsShown : 0;
      for (Writer writer : run.shown()) {
        root.card(writer.key, run.start, card -> writer.card(run, card));
        publish(root, writer, all);
        if (random.nextInt(3) == 0) {
          merge(root, writer);
        }
      }
    }
  }

  private void publish(RootBuilder root, Writer writer, boolean all) throws IOException {
    int size = writer.rows.size();
    int to = all ? size : random.nextInt(size + 1);
    int from = writer.published.nextClearBit(0);
    while (from < to) {
      int next = writer.published.nextSetBit(from);
      int limit = next < 0 ? to : Math.min(next, to);
      int until = from + 1 + random.nextInt(limit - from);
      if (all || random.nextInt(8) > 0) {
        shard(root, writer, from, until);
      }
      from = writer.published.nextClearBit(until);
    }
  }

  private void shard(RootBuilder root, Writer writer, int from, int until) throws IOException {
    List<RootBuilder.Row> rows = writer.rows.subList(from, until);
    if (random.nextInt(4) > 0) {
      damage(root.rollup(writer.key, Stream.METRICS, rows, rollups));
    }
    Path file =
        random.nextBoolean()
            ? root.shard(writer.key, Stream.METRICS, rows)
            : root.ownShard(writer.key, Stream.METRICS, rows);
    writer.shards.put(new ShardName(from, until - 1L), file);
    writer.published.set(from, until);
  }

  /* Now and then: what cannot be read of a roll-up is read of rows. */
  private void damage(Path rollup) throws IOException {
    if (Files.exists(rollup) && random.nextInt(8) == 0) {
      byte[] bytes = Files.readAllBytes(rollup);
      bytes[random.nextInt(bytes.length)] ^= 0x55;
      Files.write(rollup, bytes);
    }
  }

  /* Neighbours become one; the sources go now or later. */
  private void merge(RootBuilder root, Writer writer) throws IOException {
    List<ShardName> names = new ArrayList<>(writer.shards.keySet());
    if (names.size() < 2) {
      return;
    }
    int first = random.nextInt(names.size() - 1);
    int last = first;
    while (last + 1 < names.size()
        && names.get(last + 1).first() == names.get(last).last() + 1
        && random.nextInt(4) > 0) {
      last++;
    }
    if (last > first) {
      List<ShardName> sources = names.subList(first, last + 1);
      shard(root, writer, (int) names.get(first).first(), (int) names.get(last).last() + 1);
      for (ShardName source : sources) {
        Path file = writer.shards.remove(source);
        if (file != null && random.nextInt(4) > 0) {
          Files.delete(file);
        }
      }
    }
  }

  /** By which rule most of the shards are rolled up. */
  RollupRule rollups() {
    return rollups;
  }

  /** How many points of small shards are kept; with 0 DuckDB reads every row. */
  long pointsKept() {
    return pointsKept;
  }

  /** The runs that are there. */
  List<String> runs() {
    return runs.values().stream()
        .filter(run -> run.sessionsShown > 0)
        .map(run -> run.key.run())
        .toList();
  }

  /** What is to be seen of a metric in a run, in place on an axis. */
  List<NaiveSeries.Placed> placed(String id, String metric, Axis axis) {
    Run run = run(id);
    long start = axis == Axis.RELATIVE ? run.start.toEpochMilli() * 1000 : 0;
    List<Seen> seen = new ArrayList<>();
    see(run, 0, new HashSet<>(), seen);
    seen.sort(
        Comparator.comparing((Seen one) -> one.writer.rank)
            .thenComparing(one -> one.generation)
            .thenComparing(one -> -one.writer.session)
            .thenComparing(one -> one.writer.key.writer()));
    Map<Integer, WriterId> leads = new TreeMap<>();
    List<NaiveSeries.Placed> placed = new ArrayList<>();
    for (int order = 0; order < seen.size(); order++) {
      Seen one = seen.get(order);
      WriterId own = one.writer.key.writer();
      WriterId lead =
          one.writer.parent != null
              ? own
              : leads.computeIfAbsent(one.writer.rank, rank -> own); // the newest comes first
      for (RootBuilder.Row row : one.rows) {
        if (row.name().equals(metric)) {
          long at = axis == Axis.STEP ? row.step() : row.timeMicros() - start;
          placed.add(
              new NaiveSeries.Placed(lead, own, order, row.row(), row.step(), at, row.value()));
        }
      }
    }
    return placed;
  }

  private record Seen(Writer writer, int generation, List<RootBuilder.Row> rows) {}

  /* A run's own writers without what was hidden, and its parent's below the fork. */
  private void see(Run run, int generation, Set<Run> met, List<Seen> seen) {
    if (!met.add(run)) {
      return;
    }
    for (Writer writer : run.shown()) {
      seen.add(new Seen(writer, generation, shown(run, writer)));
    }
    Run parent = run.forkRun == null ? null : runs.get(run.forkRun);
    if (parent != null && parent.sessionsShown > 0) {
      int own = seen.size();
      see(parent, generation + 1, met, seen);
      for (Seen inherited : seen.subList(own, seen.size())) {
        inherited
            .rows()
            .removeIf(
                row ->
                    row.step() >= run.forkStep
                        || run.shown().stream()
                            .anyMatch(
                                writer ->
                                    !writer.supersedes.isEmpty()
                                        && row.step() >= writer.resumeStep));
      }
    }
  }

  private static List<RootBuilder.Row> shown(Run run, Writer writer) {
    List<RootBuilder.Row> rows = new ArrayList<>();
    for (RootBuilder.Row row : writer.rows) {
      boolean isHidden =
          run.shown().stream()
              .anyMatch(
                  other -> other.supersedes.contains(writer) && row.step() >= other.resumeStep);
      if (writer.published.get((int) row.row()) && !isHidden) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** A row and whose it is. */
  record Owned(String run, WriterId writer, RootBuilder.Row row) {}

  /** What all runs show of their own, without what they show of the runs they were forked from. */
  List<Owned> owned() {
    List<Owned> owned = new ArrayList<>();
    for (Run run : runs.values()) {
      for (Writer writer : run.shown()) {
        shown(run, writer)
            .forEach(row -> owned.add(new Owned(run.key.run(), writer.key.writer(), row)));
      }
    }
    return owned;
  }

  private Run run(String id) {
    return java.util.Objects.requireNonNull(runs.get(id));
  }
}
