package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.query.smooth.Smoothing;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.math.BigDecimal;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random logs, random charts: bins equal those made by hand. */
class SeriesPropertyTest {
  private static final int LOGS = Integer.getInteger("ostraka.logs", 8);
  private static final int LARGE = Integer.getInteger("ostraka.large", 0);
  private static final int CHARTS = 8;

  /** What is counted by hand takes a second for each. */
  private static final int CHARTS_OF_LARGE = 3;

  private static final List<Axis> AXES = List.of(Axis.values());
  private static final List<Reduction> REDUCTIONS = List.of(Reduction.values());

  @TempDir Path folder;

  @Test
  void binsEqualThoseMadeByHandAndStayExactAsTheRunGrows() throws Exception {
    long seed = Long.getLong("ostraka.seed", System.nanoTime());
    System.out.println("SeriesPropertyTest: -Dostraka.seed=" + seed);
    Random random = new Random(seed);
    for (int log = 0; log < LOGS; log++) {
      checkLog(random, new RandomLog(random), CHARTS, folder.resolve("log [" + log + "]"));
    }
    for (int log = 0; log < LARGE; log++) {
      Path root = folder.resolve("large [" + log + "]");
      checkLog(random, RandomLog.large(random), CHARTS_OF_LARGE, root);
    }
  }

  private static void checkLog(Random random, RandomLog log, int charts, Path root)
      throws Exception {
    QuerySettings settings = QuerySettings.defaults().withFreshness(Duration.ZERO);
    try (RootBuilder builder = RootBuilder.at(root);
        ShardStore store = LocalShardStore.open(root);
        Query query = Query.open(store, settings, log.rollups(), log.pointsKept())) {
      log.publish(builder, false);
      if (log.runs().isEmpty()) {
        return;
      }
      List<Held> held = new ArrayList<>();
      for (int chart = 0; chart < charts; chart++) {
        SeriesRequest request = request(random, log, null);
        SeriesAnswer answer = check(query, request, log);
        if (answer != null) {
          held.add(new Held(request, answer.width(), answer));
        }
      }
      checkPoints(query, log);
      log.publish(builder, true);
      for (Held one : held) {
        checkNews(query, one, log);
      }
      checkPoints(query, log);
    }
  }

  private static void checkPoints(Query query, RandomLog log) throws Exception {
    Map<String, MetricsAnswer.Metric> metrics = new TreeMap<>();
    for (String run : log.runs()) {
      query
          .metrics(RandomLog.PROJECT, List.of(run), io.ostraka.Stream.METRICS)
          .metrics()
          .forEach(metric -> metrics.put(run + "/" + metric.name(), metric));
    }
    for (String run : log.runs()) {
      for (String metric : RandomLog.METRICS) {
        List<NaiveSeries.Placed> expected = log.placed(run, metric, Axis.STEP);
        MetricsAnswer.Metric listed = metrics.get(run + "/" + metric);
        if (expected.isEmpty()) {
          assertThat(listed).isNull();
          continue;
        }
        assertThat(Objects.requireNonNull(listed).count()).isEqualTo(expected.size());
        assertThat(listed.steps()).isEqualTo(Expected.extent(expected));
        checkPages(query, run, metric, expected);
      }
    }
  }

  private static void checkPages(
      Query query, String run, String metric, List<NaiveSeries.Placed> expected) throws Exception {
    TreeMap<Long, List<NaiveSeries.Placed>> steps = new TreeMap<>();
    for (NaiveSeries.Placed point : expected) {
      steps.computeIfAbsent(point.step(), step -> new ArrayList<>()).add(point);
    }
    while (!steps.isEmpty()) {
      long first = steps.firstKey();
      List<NaiveSeries.Placed> wanted = new ArrayList<>();
      while (!steps.isEmpty()
          && wanted.size() + steps.firstEntry().getValue().size() <= PointsRequest.MOST_POINTS) {
        wanted.addAll(steps.pollFirstEntry().getValue());
      }
      Range range =
          new Range(
              BigDecimal.valueOf(first),
              steps.isEmpty() ? null : BigDecimal.valueOf(steps.firstKey() - 1));
      Page<Point> page =
          query.points(
              new PointsRequest(
                  RandomLog.PROJECT,
                  run,
                  metric,
                  io.ostraka.Stream.METRICS,
                  null,
                  Axis.STEP,
                  range,
                  PointsRequest.MOST_POINTS));
      assertThat(
              page.rows().stream()
                  .map(p -> p.writer() + " " + p.row() + " " + p.step())
                  .sorted()
                  .toList())
          .isEqualTo(
              wanted.stream()
                  .map(p -> p.writer() + " " + p.row() + " " + p.step())
                  .sorted()
                  .toList());
    }
  }

  private record Held(SeriesRequest request, long width, SeriesAnswer answer) {}

  private static SeriesRequest request(
      Random random, RandomLog log, SeriesRequest.@Nullable Held held) {
    Axis axis = AXES.get(random.nextInt(AXES.size()));
    String metric = log.metric(random);
    int bins = random.nextBoolean() ? 2 + random.nextInt(30) : 2 + random.nextInt(5000);
    Ranks ranks = random.nextBoolean() ? Ranks.MERGE : Ranks.EACH;
    SeriesOptions options =
        new SeriesOptions(
            null,
            null,
            random.nextBoolean() ? Reduction.BINS : REDUCTIONS.get(random.nextInt(4)),
            random.nextInt(3) == 0,
            random.nextInt(3) == 0,
            smoothing(random),
            null);
    return new SeriesRequest(
        RandomLog.PROJECT,
        log.runs(),
        List.of(metric),
        io.ostraka.Stream.METRICS,
        axis,
        random.nextInt(2) == 0 ? RandomRange.of(random, axis, log.scale()) : Range.all(),
        bins,
        ranks,
        options,
        held);
  }

  private static SeriesRequest held(SeriesRequest asked, SeriesAnswer answer) {
    return new SeriesRequest(
        asked.project(),
        asked.runs(),
        asked.metrics(),
        asked.stream(),
        asked.axis(),
        asked.range(),
        asked.bins(),
        asked.ranks(),
        asked.options(),
        new SeriesRequest.Held(answer.width(), answer.progress()));
  }

  private static @Nullable Smoothing smoothing(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Smoothing.parse(NaiveReduction.EMA);
      case 1 -> Smoothing.parse(NaiveReduction.MEDIAN);
      default -> null;
    };
  }

  private static @Nullable SeriesAnswer check(Query query, SeriesRequest request, RandomLog log)
      throws Exception {
    Expected expected = new Expected(request, log, null);
    SeriesAnswer answer;
    try {
      answer = query.series(request);
    } catch (NoSuchFileException e) {
      assertThat(expected.bins).as(request + ": " + e.getMessage()).isEmpty();
      return null;
    }
    assertThat(answer.whole()).isTrue();
    assertThat(answer.problems()).isEmpty();
    assertThat(answer.width()).as(request.toString()).isEqualTo(expected.width);
    assertThat(of(answer)).as(request.toString()).isEqualTo(expected.bins);
    expected.checkPointsAndMeans(answer);
    for (Series series : answer.series()) {
      assertThat(series.extent()).isEqualTo(expected.extents.get(key(series)));
      assertThat(series.bins().size()).isLessThanOrEqualTo(request.bins());
    }
    return answer;
  }

  private static void checkNews(Query query, Held held, RandomLog log) throws Exception {
    SeriesRequest asked = held.request();
    SeriesRequest request = held(asked, held.answer());
    SeriesAnswer news = query.series(request);
    Expected expected = new Expected(request, log, news.width());
    Map<String, Map<Long, NaiveSeries.Bin>> merged = of(news);
    if (!news.whole()) {
      assertThat(news.width()).isEqualTo(held.width());
      Map<String, Map<Long, NaiveSeries.Bin>> before = of(held.answer());
      for (Series series : news.series()) {
        merged.computeIfPresent(
            key(series),
            (line, fresh) ->
                NaiveSeries.merged(before.getOrDefault(line, Map.of()), fresh, series.writers()));
      }
    }
    assertThat(merged).as(request.toString()).isEqualTo(expected.bins);
    if (news.whole()) {
      expected.checkPointsAndMeans(news);
    }
    SeriesAnswer again = query.series(held(asked, news));
    assertThat(again.whole()).isFalse();
    assertThat(again.series())
        .allMatch(series -> series.bins().size() == 0 && series.drawn().points() == null);
  }

  private static String key(Series series) {
    return series.run() + "/" + series.writer();
  }

  private static Map<String, Map<Long, NaiveSeries.Bin>> of(SeriesAnswer answer) {
    Map<String, Map<Long, NaiveSeries.Bin>> lines = new TreeMap<>();
    answer.series().forEach(series -> lines.put(key(series), NaiveSeries.of(series)));
    return lines;
  }

  /** What the answer must be. */
  private static final class Expected {
    private final Map<String, Map<Long, NaiveSeries.Bin>> bins = new TreeMap<>();
    private final Map<String, Extent> extents = new TreeMap<>();
    private final Map<String, List<NaiveSeries.Placed>> points = new TreeMap<>();
    private final Map<String, List<NaiveSeries.Placed>> triangles = new TreeMap<>();
    private final Map<String, Map<Long, Double>> means = new TreeMap<>();
    private final SeriesRequest request;
    private long width = 1;

    Expected(SeriesRequest request, RandomLog log, @Nullable Long given) {
      this.request = request;
      Axis axis = request.axis();
      Map<String, List<NaiveSeries.Placed>> lines = new TreeMap<>();
      for (String run : request.runs()) {
        for (NaiveSeries.Placed row : log.placed(run, request.metrics().get(0), axis)) {
          String line = run + "/" + (request.ranks() == Ranks.EACH ? row.lead() : null);
          lines.computeIfAbsent(line, name -> new ArrayList<>()).add(row);
        }
      }
      lines.forEach((line, rows) -> extents.put(line, units(axis, extent(rows))));
      Extent asked = request.range().positions(axis);
      List<NaiveSeries.Placed> all = new ArrayList<>();
      lines.values().forEach(all::addAll);
      Extent visible = asked == null || all.isEmpty() ? null : asked.intersection(extent(all));
      width = given == null ? width(axis, visible, request.bins()) : given;
      lines.forEach((line, rows) -> add(line, visible(rows)));
    }

    private void add(String line, List<NaiveSeries.Placed> rows) {
      long positionsPerBin = width * request.axis().positionsPerUnit();
      means.put(line, NaiveSeries.means(rows, positionsPerBin));
      Reduction reduction = request.options().reduction();
      if (reduction == Reduction.M4 || reduction == Reduction.LAST) {
        points.put(line, NaiveReduction.of(reduction, rows, positionsPerBin, request.bins()));
        bins.put(line, Map.of());
      } else if (reduction == Reduction.LTTB) {
        triangles.put(line, rows);
        bins.put(line, Map.of());
      } else if (request.options().exact() && rows.size() <= request.bins()) {
        points.put(line, rows);
        bins.put(line, Map.of());
      } else {
        bins.put(line, NaiveSeries.bins(rows, positionsPerBin));
      }
    }

    void checkPointsAndMeans(SeriesAnswer answer) {
      for (Series series : answer.series()) {
        List<NaiveSeries.Placed> expected = points.get(key(series));
        Points given = series.drawn().points();
        List<NaiveSeries.Placed> all = triangles.get(key(series));
        if (all != null && given != null) {
          checkTriangles(series, given, all);
          continue;
        }
        boolean isInView = expected == null || !expected.isEmpty();
        assertThat(given == null || !isInView)
            .as(request.toString())
            .isEqualTo(expected == null || !isInView);
        if (expected != null && given != null) {
          assertThat(texts(series, given).stream().sorted().toList())
              .as(request.toString())
              .isEqualTo(expected.stream().map(this::text).sorted().toList());
          if (expected.stream().map(NaiveSeries.Placed::lead).distinct().count() == 1) {
            assertThat(texts(series, given))
                .as(request.toString())
                .isEqualTo(NaiveReduction.inOrder(expected).stream().map(this::text).toList());
          }
          assertThat(IntStream.range(1, given.size()).allMatch(i -> given.x(i - 1) <= given.x(i)))
              .isTrue();
        }
        Bins bins = series.bins();
        for (int i = 0; i < bins.size(); i++) {
          double mean =
              Objects.requireNonNull(means.get(key(series)))
                  .getOrDefault(bins.number(i), Double.MAX_VALUE);
          double most = Math.max(Math.abs(bins.min(i)), Math.abs(bins.max(i)));
          assertThat((double) bins.mean(i))
              .as(request.toString())
              .isCloseTo(
                  Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, mean)),
                  Offset.offset(Double.isNaN(most) ? 0 : most * 1e-6));
        }
      }
    }

    private void checkTriangles(Series series, Points given, List<NaiveSeries.Placed> all) {
      List<NaiveSeries.Placed> sequence = NaiveReduction.inOrder(all);
      List<String> texts = texts(series, given);
      assertThat(texts.stream().filter(Expected::isFinite).sorted().toList())
          .as(request.toString())
          .isEqualTo(
              NaiveReduction.lttb(sequence, request.axis(), request.bins()).stream()
                  .map(this::text)
                  .sorted()
                  .toList());
      long positionsPerBin = width * request.axis().positionsPerUnit();
      assertThat(sequence.stream().map(this::text).collect(Collectors.toSet())).containsAll(texts);
      assertThat(texts.stream().filter(text -> !isFinite(text)))
          .as("one of each bin that has any")
          .hasSize(
              (int)
                  sequence.stream()
                      .filter(row -> !Double.isFinite(row.value()))
                      .mapToLong(row -> Math.floorDiv(row.position(), positionsPerBin))
                      .distinct()
                      .count());
    }

    private static boolean isFinite(String text) {
      return Double.isFinite(Double.parseDouble(text.substring(text.lastIndexOf(' ') + 1)));
    }

    private String text(NaiveSeries.Placed row) {
      double x = (double) row.position() / request.axis().positionsPerUnit();
      return row.writer() + " " + x + " " + row.value();
    }

    private static List<String> texts(Series series, Points points) {
      return IntStream.range(0, points.size())
          .mapToObj(
              i ->
                  series.writers().get(points.writer(i))
                      + " "
                      + points.x(i)
                      + " "
                      + points.value(i))
          .toList();
    }

    private List<NaiveSeries.Placed> visible(List<NaiveSeries.Placed> rows) {
      List<NaiveSeries.Placed> counted =
          request.options().lastOfRepeats() ? NaiveSeries.lastOfRepeats(rows) : rows;
      List<NaiveSeries.Placed> shown =
          new ArrayList<>(NaiveReduction.smoothed(counted, request.options().smoothing()));
      shown.removeIf(row -> !RandomRange.holds(request.range(), request.axis(), row.position()));
      return shown;
    }

    private static Extent extent(List<NaiveSeries.Placed> rows) {
      long first = rows.stream().mapToLong(NaiveSeries.Placed::position).min().orElseThrow();
      long last = rows.stream().mapToLong(NaiveSeries.Placed::position).max().orElseThrow();
      return new Extent(first, last);
    }

    private static Extent units(Axis axis, Extent positions) {
      return new Extent(axis.unitOf(positions.first()), axis.unitOf(positions.last()));
    }

    private static long width(Axis axis, @Nullable Extent visible, int bins) {
      if (visible == null) {
        return 1;
      }
      Extent units = units(axis, visible);
      for (long power = 1; ; power *= 10) {
        for (long factor : new long[] {1, 2, 5}) {
          long candidate = factor * power;
          long needed =
              Math.floorDiv(units.last(), candidate) - Math.floorDiv(units.first(), candidate) + 1;
          if (needed <= bins) {
            return candidate;
          }
        }
      }
    }
  }
}
