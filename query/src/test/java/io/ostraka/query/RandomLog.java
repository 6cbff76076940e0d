package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * Random logs of a few runs and ranks: steps that repeat, go back and are negative, values that are
 * not finite, spikes.
 */
final class RandomLog {
  static final String PROJECT = "random";
  static final List<String> METRICS = List.of("a", "b/loss", "ü 🏺");

  private final Random random;
  private final Map<WriterKey, List<RootBuilder.Row>> rows = new TreeMap<>();
  private final Map<WriterKey, Integer> published = new TreeMap<>();
  private final Map<String, Instant> starts = new TreeMap<>();

  RandomLog(Random random) {
    this.random = random;
    int runs = 1 + random.nextInt(3);
    for (int run = 0; run < runs; run++) {
      String id = "run-" + run;
      Instant start = Instant.ofEpochMilli(1_795_000_000_000L + random.nextInt(100_000_000));
      starts.put(id, start);
      int ranks = 1 + random.nextInt(4);
      for (int rank = 0; rank < ranks; rank++) {
        WriterId writer = WriterId.of(random.nextInt(3), random.nextLong());
        WriterKey key = new WriterKey(new RunKey(PROJECT, id), writer);
        rows.put(key, log(start));
        published.put(key, 0);
      }
    }
  }

  private List<RootBuilder.Row> log(Instant start) {
    List<RootBuilder.Row> log = new ArrayList<>();
    int size = 1 + random.nextInt(400);
    long step = random.nextInt(5) == 0 ? -random.nextInt(1000) : 0;
    long time = start.toEpochMilli() * 1000;
    int stride = 1 + random.nextInt(random.nextBoolean() ? 3 : 5000);
    for (int row = 0; row < size; row++) {
      String name = METRICS.get(random.nextInt(METRICS.size()));
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

  /** Publishes some of what is not published yet of each writer, or all of it, in shards. */
  void publish(RootBuilder root, boolean all) throws IOException {
    for (Map.Entry<WriterKey, List<RootBuilder.Row>> entry : rows.entrySet()) {
      WriterKey writer = entry.getKey();
      root.card(writer, startOf(writer.run().run()), card -> {});
      List<RootBuilder.Row> log = entry.getValue();
      int from = published.getOrDefault(writer, 0);
      int left = log.size() - from;
      int to = all ? log.size() : from + random.nextInt(left + 1);
      while (from < to) {
        int until = from + 1 + random.nextInt(to - from);
        root.shard(writer, Stream.METRICS, log.subList(from, until));
        from = until;
      }
      published.put(writer, to);
    }
  }

  private Instant startOf(String run) {
    return Objects.requireNonNull(starts.get(run));
  }

  List<String> runs() {
    return List.copyOf(starts.keySet());
  }

  /** The published rows of a metric of a run, in place on an axis. */
  List<NaiveSeries.Placed> placed(String run, String metric, Axis axis) {
    long start = axis == Axis.RELATIVE ? startOf(run).toEpochMilli() * 1000 : 0;
    List<NaiveSeries.Placed> placed = new ArrayList<>();
    rows.forEach(
        (writer, log) -> {
          if (writer.run().run().equals(run)) {
            for (RootBuilder.Row row : log.subList(0, published.getOrDefault(writer, 0))) {
              if (row.name().equals(metric)) {
                long at = axis == Axis.STEP ? row.step() : row.timeMicros() - start;
                placed.add(new NaiveSeries.Placed(writer.writer(), row.row(), at, row.value()));
              }
            }
          }
        });
    return placed;
  }
}
