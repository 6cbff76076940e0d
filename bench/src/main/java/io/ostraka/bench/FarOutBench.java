package io.ostraka.bench;

import io.ostraka.RunKey;
import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import io.ostraka.viewer.Viewer;
import io.ostraka.viewer.ViewerSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How the time for one chart of a whole metric in 1,000 bins grows, as the viewer answers it over
 * HTTP: with the points of the metric, by roll-ups and by rows; with what else is in the root; and
 * with the shards of a run that nobody merged. Beside it what DuckDB alone takes for the same bins
 * of the same rows, in files that are sorted as a chart would like it best. Warm, one at a time;
 * the first chart after the viewer's start stands beside it.
 *
 * <p>Without an argument up to 10⁷ points and 10³ shards. {@code full}: up to 10⁹ points and 10⁴
 * shards, which takes 4 GB of disk and ten minutes.
 */
public final class FarOutBench {
  private static final int WARM_UPS = 20;
  private static final int ROUNDS = 30;
  private static final double SLOW_MILLIS = 300;
  private static final int POINTS_OF_SHARDS = 1_000_000;

  private final Path root;

  private FarOutBench(Path root) {
    this.root = root;
  }

  private interface Work {
    long run() throws Exception;
  }

  /** Runs the benchmark in a temporary folder. */
  public static void main(String[] arguments) throws Exception {
    boolean full = arguments.length > 0 && arguments[0].equals("full");
    Path folder = Folders.temporary();
    try {
      new FarOutBench(folder.resolve("points")).points(full ? 100_000_000 : 10_000_000, full);
      new FarOutBench(folder.resolve("shards")).shards(full ? 10_000 : 1000);
    } finally {
      Folders.delete(folder);
    }
  }

  private void points(long most, boolean full) throws Exception {
    System.out.println("By the points of a metric, in merged shards");
    for (long points = 10_000; points <= most; points *= 10) {
      String run = "points-" + points;
      ManyPoints.make(root, run, points, 0);
      chart("%,d points".formatted(points), run);
      withoutRollups(run, () -> chart("  the same by rows", run));
    }
    String run = "points-" + most;
    for (int i = 0; i < 9; i++) {
      ManyPoints.link(root, run, "beside-" + i);
    }
    chart("%,d, ten times as much in the root".formatted(most), run);
    if (full) {
      ManyPoints.make(root, "billion", 10 * most, 0);
      chart("%,d points".formatted(10 * most), "billion");
    }
    for (long points = 10_000; points <= most; points *= 10) {
      plain("  DuckDB alone, %,d points".formatted(points), "points-" + points, points);
    }
  }

  private void shards(int most) throws Exception {
    System.out.printf(
        Locale.ROOT, "By the shards of %,d points that nobody merged%n", POINTS_OF_SHARDS);
    for (int shards = 1; shards <= most; shards *= 10) {
      String run = "shards-" + shards;
      ManyPoints.make(root, run, POINTS_OF_SHARDS, shards);
      chart("%,d shards".formatted(shards), run);
    }
    plain("  DuckDB alone, one shard", "shards-1", POINTS_OF_SHARDS);
  }

  /** Charts over HTTP. A viewer of its own, so that nothing is known of the run at first. */
  private void chart(String what, String run) throws Exception {
    ViewerSettings settings =
        new ViewerSettings("127.0.0.1", 0, Set.of(), ManyPoints.PROJECT, Clock.systemUTC());
    try (ShardStore store = LocalShardStore.open(root);
        Query query = Query.open(store, QuerySettings.defaults());
        Viewer viewer = Viewer.start(query, settings)) {
      String path =
          "/api/v1/series?project=%s&run=%s&metric=%s"
              .formatted(ManyPoints.PROJECT, run, ManyPoints.METRIC);
      HttpRequest get = HttpRequest.newBuilder(viewer.address().resolve(path)).build();
      HttpClient client = HttpClient.newHttpClient();
      measure(what, () -> client.send(get, HttpResponse.BodyHandlers.ofByteArray()).body().length);
    }
  }

  private void plain(String what, String run, long points) throws Exception {
    long width = Math.max(1, points / 1000);
    String files =
        root.resolve(new RunKey(ManyPoints.PROJECT, run).prefix()) + "/writer=*/metrics/*.parquet";
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:")) {
      measure(what, () -> bins(duckdb, files, width));
    }
  }

  private static long bins(Connection duckdb, String files, long width) throws SQLException {
    String sql =
        """
        SELECT step // ? AS bin, min(value), max(value), arg_max(value, row), count(*)
        FROM read_parquet(?) WHERE name = ? GROUP BY bin
        """;
    try (PreparedStatement statement = duckdb.prepareStatement(sql)) {
      statement.setLong(1, width);
      statement.setString(2, files);
      statement.setString(3, ManyPoints.METRIC);
      long bins = 0;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          bins += rows.getLong(5) > 0 ? 1 : 0;
        }
      }
      return bins;
    }
  }

  private interface Charting {
    void run() throws Exception;
  }

  private void withoutRollups(String run, Charting charting) throws Exception {
    Path rollups = root.resolve(new RunKey(ManyPoints.PROJECT, run).rollupsPrefix());
    Path aside = rollups.resolveSibling("_aside");
    boolean any = Files.exists(rollups);
    if (any) {
      Files.move(rollups, aside);
    }
    charting.run();
    if (any) {
      Files.move(aside, rollups);
    }
  }

  private static void measure(String what, Work work) throws Exception {
    double first = millis(work);
    boolean isSlow = first > SLOW_MILLIS && millis(work) > SLOW_MILLIS;
    for (int i = 0; i < WARM_UPS && !isSlow; i++) {
      work.run();
    }
    List<Double> taken = new ArrayList<>();
    for (int i = 0; i < (isSlow ? 3 : ROUNDS); i++) {
      taken.add(millis(work));
    }
    Collections.sort(taken);
    System.out.printf(
        Locale.ROOT,
        "%-44s first %8.1f ms, then p50 %8.2f, p90 %8.2f ms; at most %4d MB%n",
        what,
        first,
        taken.get(taken.size() / 2),
        taken.get(taken.size() * 9 / 10),
        peakMegabytes());
  }

  private static double millis(Work work) throws Exception {
    long begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e6;
  }

  /** What this process has had in memory at most, as the system counts it. */
  private static long peakMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
