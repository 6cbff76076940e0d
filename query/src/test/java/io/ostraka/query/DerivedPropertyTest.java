package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.query.NaiveSeries.Placed;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random logs: formulas, and other metrics as x axis, equal what is joined by hand. */
class DerivedPropertyTest {
  private static final String FORMULA = "=(a - `b/loss`) / 2";
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
    SeriesOptions options =
        new SeriesOptions(
            isPlaced ? X : null, null, Reduction.BINS, isExact, random.nextBoolean(), null, null);
    SeriesRequest request =
        new SeriesRequest(
            RandomLog.PROJECT,
            log.runs(),
            List.of(isFormula ? FORMULA : "a"),
            io.ostraka.Stream.METRICS,
            isPlaced ? Axis.STEP : AXES.get(random.nextInt(AXES.size())),
            Range.all(),
            isExact ? SeriesRequest.MOST_BINS : 2 + random.nextInt(100),
            random.nextBoolean() ? Ranks.MERGE : Ranks.EACH,
            options,
            null);
    Map<String, List<String>> expected = new TreeMap<>();
    for (String run : log.runs()) {
      expect(log, run, request, expected);
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
      String line = series.run() + "/" + series.writer();
      List<String> points = Objects.requireNonNull(expected.get(line));
      Bins bins = series.bins();
      if (isExact) {
        Points given = Objects.requireNonNull(series.drawn().points());
        assertThat(IntStream.range(0, given.size()).mapToObj(i -> text(given.x(i), given.value(i))))
            .as(request.toString())
            .containsExactlyInAnyOrderElementsOf(points);
      } else {
        assertThat(IntStream.range(0, bins.size()).mapToLong(bins::count).sum())
            .as(request.toString())
            .isEqualTo(points.size());
        assertThat(bins.size()).isLessThanOrEqualTo(request.bins());
      }
    }
  }

  private static String text(double x, double value) {
    return x + " " + value;
  }

  private static void expect(
      RandomLog log, String run, SeriesRequest request, Map<String, List<String>> expected) {
    Axis axis = request.axis();
    List<Placed> points =
        Expression.isFormula(request.metrics().get(0))
            ? evaluated(log.placed(run, "a", axis), log.placed(run, "b/loss", axis))
            : log.placed(run, "a", axis);
    if (request.options().lastOfRepeats()) {
      points = NaiveSeries.lastOfRepeats(points);
    }
    List<Placed> xs = NaiveSeries.lastOfRepeats(log.placed(run, X, axis));
    for (Placed point : points) {
      double x = (double) point.position() / axis.positionsPerUnit();
      if (request.options().xMetric() != null) {
        Placed at = xOf(point, xs);
        if (at == null) {
          continue;
        }
        x = at.value();
      }
      String line = run + "/" + (request.ranks() == Ranks.EACH ? point.lead() : null);
      expected.computeIfAbsent(line, n -> new ArrayList<>()).add(text(x, point.value()));
    }
  }

  /* Of the point's own rank, or if that has none, of the first rank that has any. */
  private static @Nullable Placed xOf(Placed point, List<Placed> xs) {
    boolean isOwn = xs.stream().anyMatch(x -> x.lead().equals(point.lead()));
    return xs.stream()
        .min(Comparator.comparingInt(Placed::order))
        .flatMap(
            first ->
                xs.stream()
                    .filter(x -> x.lead().equals(isOwn ? point.lead() : first.lead()))
                    .filter(x -> Double.isFinite(x.value()) && x.step() <= point.step())
                    .max(Comparator.comparingLong(Placed::step)))
        .orElse(null);
  }

  private static List<Placed> evaluated(List<Placed> as, List<Placed> bs) {
    List<Placed> points = new ArrayList<>();
    for (Placed a : NaiveSeries.lastOfRepeats(as)) {
      for (Placed b : NaiveSeries.lastOfRepeats(bs)) {
        if (a.lead().equals(b.lead()) && a.step() == b.step()) {
          points.add(
              new Placed(
                  a.lead(),
                  a.writer(),
                  a.order(),
                  a.row(),
                  a.step(),
                  Math.max(a.position(), b.position()),
                  (a.value() - b.value()) / 2));
        }
      }
    }
    return points;
  }
}
