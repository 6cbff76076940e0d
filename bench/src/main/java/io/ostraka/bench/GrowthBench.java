package io.ostraka.bench;

import io.ostraka.RunKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the time for one chart of a whole metric in 1,000 bins grows, as a page gets it ({@link
 * Charts}): with the points of the metric, with the runs on it and beside it, and with the shards
 * of a run that nobody merged. One at a time; "first" is the first chart of a viewer that was just
 * started, "pause" one that lists the root anew, as most charts of a person do. Beside it what
 * DuckDB alone takes for the same bins of the same rows.
 *
 * <p>Arguments: {@code points}, {@code runs} or {@code shards}, up to how many, and perhaps a
 * folder, in which what is made stays for the next time. A billion points take 3.5 GB of disk and
 * two minutes to be made.
 */
public final class GrowthBench {
  private static final long POINTS_OF_RUN = 100_000;
  private static final long POINTS_OF_SHARDS = 1_000_000;
  private static final int MOST_ON_A_CHART = 1000;
  private static final int WARM_UPS = 1000;
  private static final Duration PAUSE = Duration.ofMillis(150);

  private final Path root;

  private GrowthBench(Path root) {
    this.root = root;
  }

  /** Runs one of the three. */
  public static void main(String[] arguments) throws Exception {
    long most = Long.parseLong(arguments[1]);
    boolean stays = arguments.length > 2;
    Path folder = stays ? Path.of(arguments[2]) : Folders.temporary();
    try {
      new GrowthBench(folder.resolve("warm-up")).warmUp();
      GrowthBench bench = new GrowthBench(folder.resolve(arguments[0]));
      switch (arguments[0]) {
        case "points" -> bench.points(most);
        case "runs" -> bench.runs((int) most);
        case "shards" -> bench.shards((int) most);
        default -> throw new IllegalArgumentException("Say points, runs or shards");
      }
    } finally {
      if (!stays) {
        Folders.delete(folder);
      }
    }
  }

  /* So that the first lines of a table do not tell of the compiler. */
  private void warmUp() throws Exception {
    make("merged", POINTS_OF_RUN, 0);
    make("shards", POINTS_OF_RUN, 10);
    try (Charts charts = Charts.of(root, ManyPoints.PROJECT)) {
      for (int i = 0; i < WARM_UPS; i++) {
        charts.chart(List.of("merged"), ManyPoints.METRIC).run();
        charts.chart(List.of("merged", "shards"), ManyPoints.METRIC).run();
      }
    }
    plain("merged", POINTS_OF_RUN);
  }

  private void points(long most) throws Exception {
    Table.begin("points, in merged shards", "first ms", "p50", "pause", "by rows", "DuckDB", "MB");
    String run = "points-0";
    for (long points = 10_000; points <= most; points *= 10) {
      run = "points-" + points;
      make(run, points, 0);
      Cost rolled = chart(List.of(run), PAUSE);
      Path rollups = root.resolve(new RunKey(ManyPoints.PROJECT, run).rollupsPrefix());
      Cost byRows = without(rollups, run);
      double memory = Timing.peakMegabytes();
      double plain = plain(run, points);
      Table.line(
          "%,d".formatted(points),
          rolled.first(),
          rolled.warm(),
          rolled.paused(),
          byRows.warm(),
          plain,
          memory);
    }
    for (int i = 0; i < 9; i++) {
      link(run, "beside-" + i);
    }
    Cost beside = chart(List.of(run), PAUSE);
    Table.line("  ten times as much in the root", beside.first(), beside.warm(), beside.paused());
  }

  private void runs(int most) throws Exception {
    Table.begin("runs of 100,000 points", "first ms", "p50", "pause", "x one run", "DuckDB", "MB");
    double one = Double.NaN;
    for (int runs = 1; runs <= most; runs *= 10) {
      GrowthBench project = new GrowthBench(root.resolve(Integer.toString(runs)));
      project.make("run-0", POINTS_OF_RUN, 0);
      for (int run = 1; run < runs; run++) {
        project.link("run-0", "run-" + run);
      }
      if (runs <= MOST_ON_A_CHART) {
        List<String> all = IntStream.range(0, runs).mapToObj(run -> "run-" + run).toList();
        Cost chart = project.chart(all, PAUSE);
        one = runs == 1 ? chart.warm() : one;
        double memory = Timing.peakMegabytes();
        double times = chart.warm() / one;
        double plain = project.plain("run-*", POINTS_OF_RUN);
        String name = "%,d on one chart".formatted(runs);
        Table.line(name, chart.first(), chart.warm(), chart.paused(), times, plain, memory);
      }
      Cost chart = project.chart(List.of("run-0"), PAUSE);
      String name = "  one of %,d in the project".formatted(runs);
      Table.line(name, chart.first(), chart.warm(), chart.paused());
    }
  }

  private void shards(int most) throws Exception {
    Table.begin("shards, not merged, of a million points", "first ms", "p50", "pause", "MB");
    for (int shards = 1; shards <= most; shards *= 10) {
      String run = "shards-" + shards;
      make(run, POINTS_OF_SHARDS, shards);
      print("%,d".formatted(shards), chart(List.of(run), PAUSE));
    }
    make("merged", POINTS_OF_SHARDS, 0);
    print("merged, with its roll-up", chart(List.of("merged"), PAUSE));
    Table.line("DuckDB alone, merged", Double.NaN, plain("merged", POINTS_OF_SHARDS));
  }

  private static void print(String name, Cost cost) throws IOException {
    Table.line(name, cost.first(), cost.warm(), cost.paused(), Timing.peakMegabytes());
  }

  /** What a chart takes: the first of a viewer, one like it at once, and one after a pause. */
  private record Cost(double first, double warm, double paused) {}

  private Cost chart(List<String> runs, Duration pause) throws Exception {
    try (Charts charts = Charts.of(root, ManyPoints.PROJECT)) {
      Timing.Work chart = charts.chart(runs, ManyPoints.METRIC);
      Timing warm = Timing.of(chart);
      Timing paused = pause.isZero() ? warm : Timing.of(chart, pause);
      return new Cost(warm.first(), warm.median(), paused.median());
    }
  }

  private Cost without(Path rollups, String run) throws Exception {
    Path aside = rollups.resolveSibling("_aside");
    boolean any = Files.exists(rollups);
    if (any) {
      Files.move(rollups, aside);
    }
    try {
      return chart(List.of(run), Duration.ZERO);
    } finally {
      if (any) {
        Files.move(aside, rollups);
      }
    }
  }

  private double plain(String run, long points) throws Exception {
    String files = root + "/project=" + ManyPoints.PROJECT + "/run=" + run + "/writer=*/metrics/*";
    return PlainDuckDb.bins(files, ManyPoints.METRIC, Math.max(1, points / 1000)).median();
  }

  private void make(String run, long points, int shards) throws Exception {
    if (!Files.exists(root.resolve(new RunKey(ManyPoints.PROJECT, run).prefix()))) {
      ManyPoints.make(root, run, points, shards);
    }
  }

  private void link(String from, String to) throws IOException {
    if (!Files.exists(root.resolve(new RunKey(ManyPoints.PROJECT, to).prefix()))) {
      ManyPoints.link(root, from, to);
    }
  }
}
