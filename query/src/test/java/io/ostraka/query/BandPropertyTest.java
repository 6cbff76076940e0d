package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ostraka.query.NaiveSeries.Placed;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random logs: what is told of ranks and of groups of runs equals what is counted by hand. */
class BandPropertyTest {
  private static final List<Statistic> STATISTICS = List.of(Statistic.values());
  private static final List<Axis> AXES = List.of(Axis.values());

  @TempDir Path folder;

  /** Which rows are of which member of which line. */
  private static final class Members {
    private final Map<String, Map<String, List<Placed>>> lines = new TreeMap<>();

    void add(String line, String member, Placed row) {
      lines
          .computeIfAbsent(line, n -> new TreeMap<>())
          .computeIfAbsent(member, n -> new ArrayList<>())
          .add(row);
    }
  }

  @Test
  void everyMemberCountsOnceInEachBin() throws Exception {
    RandomCharts.each(folder, BandPropertyTest::check);
  }

  private static void check(Query query, RandomLog log, Random random) throws Exception {
    Statistic statistic = STATISTICS.get(random.nextInt(STATISTICS.size()));
    boolean isBand = random.nextBoolean();
    Grouping grouping = new Grouping(new RunField("config." + RandomLog.GROUP_KEY), statistic);
    SeriesOptions options =
        new SeriesOptions(
            null,
            isBand ? null : grouping,
            Reduction.BINS,
            random.nextBoolean(),
            random.nextBoolean(),
            null,
            null);
    Axis axis = AXES.get(random.nextInt(AXES.size()));
    String metric = log.metric(random);
    SeriesRequest request =
        new SeriesRequest(
            RandomLog.PROJECT,
            log.runs(),
            List.of(metric),
            io.ostraka.Stream.METRICS,
            axis,
            random.nextBoolean() ? RandomRange.of(random, axis, log.scale()) : Range.all(),
            2 + random.nextInt(300),
            isBand ? Ranks.BAND : Ranks.MERGE,
            options,
            null);
    Members members = members(log, request);
    SeriesAnswer answer;
    try {
      answer = query.series(request);
    } catch (NoSuchFileException e) {
      assertThat(members.lines).isEmpty();
      return;
    }
    assertThat(answer.series()).hasSameSizeAs(members.lines.keySet());
    long width = answer.width() * request.axis().positionsPerUnit();
    for (Series series : answer.series()) {
      Group group = series.group();
      String line = group == null ? series.run() : Objects.requireNonNull(group.value());
      checkLine(
          request,
          series.drawn(),
          Objects.requireNonNull(members.lines.get(line)),
          width,
          isBand ? Statistic.STD : statistic);
    }
  }

  private static Members members(RandomLog log, SeriesRequest request) {
    Members members = new Members();
    for (String run : request.runs()) {
      List<Placed> rows = log.placed(run, request.metrics().get(0), request.axis());
      for (Placed row :
          request.options().lastOfRepeats() ? NaiveSeries.lastOfRepeats(rows) : rows) {
        boolean isBand = request.ranks() == Ranks.BAND;
        members.add(isBand ? run : RandomLog.group(run), isBand ? row.lead().text() : run, row);
      }
    }
    return members;
  }

  private static void checkLine(
      SeriesRequest request,
      Drawn drawn,
      Map<String, List<Placed>> ofEach,
      long width,
      Statistic statistic) {
    Map<Long, List<Double>> means = new HashMap<>();
    List<Placed> all = new ArrayList<>();
    for (List<Placed> logged : ofEach.values()) {
      List<Placed> rows =
          logged.stream()
              .filter(row -> RandomRange.holds(request.range(), request.axis(), row.position()))
              .toList();
      all.addAll(rows);
      NaiveSeries.means(rows, width)
          .forEach(
              (bin, mean) -> {
                List<Double> found = means.computeIfAbsent(bin, n -> new ArrayList<>());
                if (!mean.isNaN()) {
                  found.add(mean);
                }
              });
    }
    Map<Long, NaiveSeries.Bin> bins = NaiveSeries.bins(all, width);
    assertThat(drawn.points()).isNull();
    Band band = drawn.band();
    if (band == null) {
      assertThat(all).as(request.toString()).isEmpty();
      return;
    }
    assertThat(drawn.bins().size()).isEqualTo(bins.size()).isEqualTo(band.size());
    for (int i = 0; i < band.size(); i++) {
      NaiveSeries.Bin bin = Objects.requireNonNull(bins.get(drawn.bins().number(i)));
      assertThat(drawn.bins().min(i)).isEqualTo(Float.valueOf(bin.min()));
      assertThat(drawn.bins().max(i)).isEqualTo(Float.valueOf(bin.max()));
      assertThat(drawn.bins().count(i)).isEqualTo(bin.count());
      double[] values =
          means.getOrDefault(drawn.bins().number(i), List.of()).stream()
              .mapToDouble(value -> value)
              .sorted()
              .toArray();
      double scale = Arrays.stream(values).map(Math::abs).max().orElse(0);
      assertThat(band.members(i)).isEqualTo(values.length);
      checkClose(
          request,
          band.mean(i),
          Arrays.stream(values).map(v -> v / values.length).sum(),
          scale,
          values.length > 0);
      checkClose(request, band.spread(i), spread(values, statistic), scale, true);
    }
  }

  private static void checkClose(
      SeriesRequest request, double given, double expected, double scale, boolean isThere) {
    if (!isThere || !Double.isFinite(expected)) {
      assertThat(given)
          .as(request.toString())
          .isEqualTo(Double.valueOf(isThere ? expected : Double.NaN));
    } else {
      assertThat(given).as(request.toString()).isCloseTo(expected, within(scale * 1e-9));
    }
  }

  private static double spread(double[] sorted, Statistic statistic) {
    int size = sorted.length;
    double mean = Arrays.stream(sorted).map(value -> value / size).sum();
    double squares = Arrays.stream(sorted).map(value -> Math.pow(value - mean, 2)).sum();
    double deviation = size < 2 ? Double.NaN : Math.sqrt(squares / (size - 1));
    return switch (statistic) {
      case MEAN, MINMAX -> Double.NaN;
      case MEDIAN -> size == 0 ? Double.NaN : (sorted[(size - 1) / 2] / 2 + sorted[size / 2] / 2);
      case STD -> deviation;
      case STDERR -> deviation / Math.sqrt(size);
    };
  }
}
