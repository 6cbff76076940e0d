package io.ostraka.bench;

import io.ostraka.client.Metrics;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import io.ostraka.query.Bins;
import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.query.Reduction;
import io.ostraka.query.SeriesOptions;
import io.ostraka.query.SeriesRequest;
import io.ostraka.query.smooth.Smoothing;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import io.ostraka.viewer.Viewer;
import io.ostraka.viewer.ViewerSettings;
import java.io.IOException;
import java.net.URI;
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
import java.sql.Statement;
import java.time.Clock;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One chart of 100,000 points out of 1,000,000 in 1,000 bins: as the viewer answers it over HTTP,
 * from shards that the Java client logged, and beside it what DuckDB alone takes for the same bins
 * of the same rows in one file that is sorted as a chart would like it best. Then what else a chart
 * may be: ten such runs, and every way of reducing and smoothing. Warm, one at a time.
 */
public final class SeriesBenchmark {
  private static final int STEPS = 100_000;
  private static final int METRICS = 10;
  private static final int RUNS = 10;
  private static final int SPIKE_STEP = 54_321;
  private static final double SPIKE = 1000;
  private static final String METRIC = "m3";
  private static final int WARM_UPS = 200;
  private static final int ROUNDS = 300;
  private static final int OTHER_ROUNDS = 30;

  private SeriesBenchmark() {}

  private interface Work {
    long run() throws Exception;
  }

  /** Runs the benchmark in a temporary folder. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("ostraka-series-benchmark");
    try {
      Path root = folder.resolve("root");
      for (int run = 0; run < RUNS; run++) {
        log(root, folder.resolve("spool"), "run-" + run);
      }
      compare(root, folder.resolve("sorted.parquet"));
    } finally {
      delete(folder);
    }
  }

  private static void log(Path root, Path spool, String id) throws IOException {
    String[] names = new String[METRICS];
    Arrays.setAll(names, i -> "m" + i);
    Random random = new Random(id.hashCode());
    try (Run run = Ostraka.run().root(root).project("bench").runId(id).spool(spool).start()) {
      Metrics metrics = run.metrics(names);
      double[] values = new double[METRICS];
      for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < METRICS; i++) {
          values[i] = (float) random.nextGaussian();
        }
        if (step == SPIKE_STEP) {
          values[3] = SPIKE;
        }
        metrics.log(step, values);
      }
    }
  }

  private static void compare(Path root, Path sorted) throws Exception {
    try (ShardStore store = LocalShardStore.open(root);
        Query query = Query.open(store, QuerySettings.defaults());
        Viewer viewer = Viewer.start(query, settings());
        Connection duckdb = DriverManager.getConnection("jdbc:duckdb:")) {
      sort(duckdb, root, sorted);
      SeriesRequest request = SeriesRequest.of("bench", List.of("run-0"), METRIC);
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest get = httpRequest(viewer.address(), List.of("run-0"));
      Work http = () -> bytes(client, get);
      Work ours = () -> query.series(request).series().get(0).bins().size();
      Work plain = () -> bins(duckdb, sorted);
      System.out.printf(
          Locale.ROOT,
          "%,d of %,d points in %,d shards, %,d bins%n",
          STEPS,
          STEPS * METRICS,
          shards(root.resolve("project=bench/run=run-0")),
          ours.run());
      for (int i = 0; i < WARM_UPS; i++) {
        http.run();
        plain.run();
      }
      double[] httpMillis = new double[ROUNDS];
      double[] oursMillis = new double[ROUNDS];
      double[] plainMillis = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        httpMillis[i] = millis(http);
        oursMillis[i] = millis(ours);
        plainMillis[i] = millis(plain);
      }
      double base = print("DuckDB alone, one sorted file", plainMillis, 1);
      print("query, without HTTP", oursMillis, base);
      print("the HTTP answer", httpMillis, base);
      System.out.printf(Locale.ROOT, "%-32s %,d bytes compressed%n", "the HTTP answer", http.run());
      Bins bins = query.series(request).series().get(0).bins();
      float greatest = 0;
      for (int i = 0; i < bins.size(); i++) {
        greatest = Math.max(greatest, bins.max(i));
      }
      System.out.println("the spike of one step is " + (greatest == SPIKE ? "kept" : "LOST"));
      manyRuns(viewer.address(), client);
      others(query, base);
    }
  }

  /* The limit of ten runs is four times one, as a page gets them. */
  private static void manyRuns(URI viewer, HttpClient client) throws Exception {
    HttpRequest one = httpRequest(viewer, List.of("run-0"));
    HttpRequest ten = httpRequest(viewer, allRuns());
    double[] oneMillis = new double[ROUNDS];
    double[] tenMillis = new double[ROUNDS];
    for (int round = -WARM_UPS; round < ROUNDS; round++) {
      int at = Math.max(0, round);
      oneMillis[at] = millis(() -> bytes(client, one));
      tenMillis[at] = millis(() -> bytes(client, ten));
    }
    double base = print("the HTTP answer, one run alone", oneMillis, 1);
    print("the HTTP answer, 10 runs", tenMillis, base);
  }

  private static long bytes(HttpClient client, HttpRequest get) throws Exception {
    return client.send(get, HttpResponse.BodyHandlers.ofByteArray()).body().length;
  }

  private static List<String> allRuns() {
    return IntStream.range(0, RUNS).mapToObj(run -> "run-" + run).toList();
  }

  private static void others(Query query, double base) throws Exception {
    List<String> all = allRuns();
    List<String> one = all.subList(0, 1);
    double own = measure(query, "one run", request(one, METRIC, Reduction.BINS, null), base);
    measure(query, "10 runs, beside one", request(all, METRIC, Reduction.BINS, null), own);
    for (Reduction reduction : List.of(Reduction.M4, Reduction.LTTB, Reduction.LAST)) {
      String name = reduction.name().toLowerCase(Locale.ROOT);
      measure(query, "reduce=" + name, request(one, METRIC, reduction, null), base);
    }
    for (String smooth :
        List.of("ema:0.99", "tema:50", "mean:101", "median:101", "gauss:25", "savgol:101,3")) {
      SeriesRequest request = request(one, METRIC, Reduction.BINS, Smoothing.parse(smooth));
      measure(query, "smooth=" + smooth, request, base);
    }
    measure(query, "=(m3 - m4) / m5", request(one, "=(m3 - m4) / m5", Reduction.BINS, null), base);
  }

  private static SeriesRequest request(
      List<String> runs, String metric, Reduction reduction, @Nullable Smoothing smoothing) {
    SeriesRequest plain = SeriesRequest.of("bench", runs, metric);
    return new SeriesRequest(
        plain.project(),
        runs,
        plain.metrics(),
        plain.stream(),
        plain.axis(),
        plain.range(),
        plain.bins(),
        plain.ranks(),
        new SeriesOptions(null, null, reduction, false, false, smoothing, null),
        null);
  }

  private static double measure(Query query, String what, SeriesRequest request, double base)
      throws Exception {
    double[] millis = new double[OTHER_ROUNDS];
    for (int round = -OTHER_ROUNDS; round < OTHER_ROUNDS; round++) {
      double taken = millis(() -> query.series(request).series().size());
      if (round >= 0) {
        millis[round] = taken;
      }
    }
    return print(what, millis, base);
  }

  private static ViewerSettings settings() {
    return new ViewerSettings("127.0.0.1", 0, Set.of(), "bench", Clock.systemUTC());
  }

  private static HttpRequest httpRequest(URI viewer, List<String> runs) {
    String named = runs.stream().map(run -> "&run=" + run).collect(Collectors.joining());
    URI uri = viewer.resolve("/api/v1/series?project=bench&metric=" + METRIC + named);
    return HttpRequest.newBuilder(uri).header("Accept-Encoding", "gzip").build();
  }

  private static void sort(Connection duckdb, Path root, Path sorted) throws SQLException {
    String sql =
        """
        COPY (SELECT row, step, time, name, value
              FROM read_parquet('%s/project=*/run=run-0/writer=*/metrics/*.parquet')
              ORDER BY name, step, row)
        TO '%s' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)
        """
            .formatted(root, sorted);
    try (Statement statement = duckdb.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long bins(Connection duckdb, Path sorted) throws SQLException {
    String sql =
        """
        SELECT step // 100 AS bin, min(value), max(value), arg_max(value, row), count(*)
        FROM read_parquet(?) WHERE name = ? GROUP BY bin
        """;
    long bins = 0;
    try (PreparedStatement statement = duckdb.prepareStatement(sql)) {
      statement.setString(1, sorted.toString());
      statement.setString(2, METRIC);
      try (ResultSet rows = statement.executeQuery()) {
        double sum = 0;
        while (rows.next()) {
          sum += rows.getInt(1) + rows.getDouble(2) + rows.getDouble(3) + rows.getDouble(4);
          sum += rows.getLong(5);
          bins++;
        }
        if (Double.isNaN(sum)) {
          throw new IllegalStateException("The benchmark's values are finite");
        }
      }
    }
    return bins;
  }

  private static double millis(Work work) throws Exception {
    long begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e6;
  }

  private static double print(String what, double[] millis, double base) {
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    double median = sorted[sorted.length / 2];
    System.out.printf(
        Locale.ROOT,
        "%-32s p50 %6.2f ms  p90 %6.2f ms  x %.2f%n",
        what,
        median,
        sorted[sorted.length * 9 / 10],
        base == 1 ? 1 : median / base);
    return median;
  }

  private static long shards(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
