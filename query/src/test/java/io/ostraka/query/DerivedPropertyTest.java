package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.WriterId;
import io.ostraka.query.NaiveSeries.Placed;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random logs: formulas, and other metrics as x axis, equal what is joined by hand. */
class DerivedPropertyTest {
  private static final String X = "ü 🏺";
  private static final List<Axis> AXES = List.of(Axis.values());

  @TempDir Path folder;

  @Test
  void pointsOfSeveralMetricsAreJoinedByStep() throws Exception {
    RandomCharts.each(folder, DerivedPropertyTest::check);
  }

  private static void check(Query query, RandomLog log, Random random) throws Exception {
    boolean isFormula = random.nextBoolean();
    boolean isPlaced = !isFormula || random.nextBoolean();
    boolean isExact = random.nextBoolean();
    RandomFormula formula = RandomFormula.of(random, RandomLog.METRICS);
    Axis axis = isPlaced ? Axis.STEP : AXES.get(random.nextInt(AXES.size()));
    SeriesOptions options =
        new SeriesOptions(
            isPlaced ? X : null, null, Reduction.BINS, isExact, random.nextBoolean(), null, null);
    SeriesRequest request =
        new SeriesRequest(
            RandomLog.PROJECT,
            log.runs(),
            List.of(isFormula ? "=" + formula.text() : "a"),
            io.ostraka.Stream.METRICS,
            axis,
            isPlaced || random.nextBoolean()
                ? Range.all()
                : RandomRange.of(random, axis, log.scale()),
            isExact ? SeriesRequest.MOST_BINS : 2 + random.nextInt(100),
            random.nextBoolean() ? Ranks.MERGE : Ranks.EACH,
            options,
            null);
    Map<String, List<At>> expected = new TreeMap<>();
    for (String run : log.runs()) {
      expect(log, run, request, isFormula ? formula : null, expected);
    }
    SeriesAnswer answer;
    try {
      answer = query.series(request);
    } catch (NoSuchFileException e) {
      assertThat(expected).as(request.toString()).isEmpty();
      return;
    }
    assertThat(answer.series()).as(request.toString()).hasSameSizeAs(expected.keySet());
    for (Series series : answer.series()) {
      List<At> points =
          Objects.requireNonNull(expected.get(series.run() + "/" + series.writer())).stream()
              .filter(at -> at.isInView)
              .toList();
      Points given = series.drawn().points();
      if (isExact && given != null) {
        assertThat(IntStream.range(0, given.size()).mapToObj(i -> text(given.x(i), given.value(i))))
            .as(request.toString())
            .containsExactlyInAnyOrderElementsOf(
                points.stream().map(at -> text(at.x, at.value)).toList());
      } else {
        checkBins(request, answer, series.bins(), points);
      }
    }
  }

  /** A point, where it lies in units of x. */
  private record At(double x, double value, boolean isInView) {}

  private static void checkBins(
      SeriesRequest request, SeriesAnswer answer, Bins bins, List<At> points) {
    String what = request.toString();
    assertThat(bins.size()).as(what).isLessThanOrEqualTo(request.bins());
    assertThat(IntStream.range(0, bins.size()).mapToLong(bins::count).sum())
        .as(what)
        .isEqualTo(points.size());
    double[] finite = points.stream().mapToDouble(At::value).filter(Double::isFinite).toArray();
    assertThat(IntStream.range(0, bins.size()).mapToLong(bins::nonFinite).sum())
        .as(what)
        .isEqualTo(points.size() - finite.length);
    if (request.options().xMetric() != null) {
      return; // A place close to an edge may be in the bin beside it.
    }
    Map<Long, List<At>> byBin = new TreeMap<>();
    for (At at : points) {
      long number = (long) Math.floor(at.x / answer.width());
      byBin.computeIfAbsent(number, n -> new ArrayList<>()).add(at);
    }
    assertThat(bins.size()).as(what).isEqualTo(byBin.size());
    for (int i = 0; i < bins.size(); i++) {
      double[] inBin =
          Objects.requireNonNull(byBin.get(bins.number(i)), what).stream()
              .mapToDouble(At::value)
              .filter(Double::isFinite)
              .map(value -> Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value)))
              .sorted()
              .toArray();
      assertThat(bins.min(i))
          .as(what)
          .isEqualTo(Float.valueOf(inBin.length == 0 ? Float.NaN : (float) inBin[0]));
      assertThat(bins.max(i))
          .as(what)
          .isEqualTo(
              Float.valueOf(inBin.length == 0 ? Float.NaN : (float) inBin[inBin.length - 1]));
    }
  }

  private static String text(double x, double value) {
    return x + " " + value;
  }

  private static void expect(
      RandomLog log,
      String run,
      SeriesRequest request,
      @Nullable RandomFormula formula,
      Map<String, List<At>> expected) {
    Axis axis = request.axis();
    List<Placed> points =
        formula == null ? log.placed(run, "a", axis) : evaluated(log, run, axis, formula);
    if (request.options().lastOfRepeats()) {
      points = NaiveSeries.lastOfRepeats(points);
    }
    Places xs = Places.of(log.placed(run, X, axis));
    for (Placed point : points) {
      double x = (double) point.position() / axis.positionsPerUnit();
      if (request.options().xMetric() != null) {
        Placed at = xs.of(point);
        if (at == null) {
          continue;
        }
        x = at.value();
      }
      String line = run + "/" + (request.ranks() == Ranks.EACH ? point.lead() : null);
      boolean isInView = RandomRange.holds(request.range(), axis, point.position());
      expected
          .computeIfAbsent(line, n -> new ArrayList<>())
          .add(new At(x, point.value(), isInView));
    }
  }

  /**
   * Where another metric was.
   *
   * @param ranks the finite values of each rank that has any at all, by step
   * @param first those of the first rank
   */
  private record Places(
      Map<WriterId, NavigableMap<Long, Placed>> ranks, NavigableMap<Long, Placed> first) {
    static Places of(List<Placed> logged) {
      Map<WriterId, NavigableMap<Long, Placed>> ranks = new HashMap<>();
      logged.forEach(x -> ranks.computeIfAbsent(x.lead(), n -> new TreeMap<>()));
      List<Placed> finite = logged.stream().filter(x -> Double.isFinite(x.value())).toList();
      for (Placed x : NaiveSeries.lastOfRepeats(finite)) {
        Objects.requireNonNull(ranks.get(x.lead())).put(x.step(), x);
      }
      NavigableMap<Long, Placed> first =
          logged.stream()
              .min(Comparator.comparingInt(Placed::order))
              .map(x -> Objects.requireNonNull(ranks.get(x.lead())))
              .orElse(new TreeMap<>());
      return new Places(ranks, first);
    }

    /* Of the point's own rank, or if that has none, of the first rank that has any. */
    @Nullable Placed of(Placed point) {
      NavigableMap<Long, Placed> rank = ranks.getOrDefault(point.lead(), first);
      Map.Entry<Long, Placed> at = rank.floorEntry(point.step());
      return at == null ? null : at.getValue();
    }
  }

  private static List<Placed> evaluated(
      RandomLog log, String run, Axis axis, RandomFormula formula) {
    Map<String, Map<String, Placed>> steps = new TreeMap<>();
    for (String metric : formula.metrics()) {
      for (Placed row : NaiveSeries.lastOfRepeats(log.placed(run, metric, axis))) {
        String place = row.lead() + " " + row.step();
        steps.computeIfAbsent(place, n -> new TreeMap<>()).put(metric, row);
      }
    }
    List<Placed> points = new ArrayList<>();
    for (Map<String, Placed> step : steps.values()) {
      if (step.size() == formula.metrics().size()) {
        Map<String, Double> values = new TreeMap<>();
        step.forEach((metric, row) -> values.put(metric, row.value()));
        Placed any = step.values().iterator().next();
        points.add(
            new Placed(
                any.lead(),
                any.writer(),
                any.order(),
                any.row(),
                any.step(),
                step.values().stream().mapToLong(Placed::position).max().orElseThrow(),
                formula.value().applyAsDouble(values)));
      }
    }
    return points;
  }
}
