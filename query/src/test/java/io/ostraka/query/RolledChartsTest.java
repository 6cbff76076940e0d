package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.Stream;
import io.ostraka.shard.RollupRule;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.math.BigDecimal;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random logs, many charts of plain bins: with roll-ups they are what they are without. */
class RolledChartsTest {
  private static final int CHARTS = 4;
  private static final RollupRule NONE = new RollupRule(Integer.MAX_VALUE, 1, 1);

  @TempDir Path folder;

  @Test
  void aChartIsTheSameWithRollUpsAndWithout() throws Exception {
    RandomCharts.each(folder, RolledChartsTest::check);
  }

  private static void check(Query rolled, RandomLog log, Random random) throws Exception {
    QuerySettings settings = QuerySettings.defaults().withFreshness(Duration.ZERO);
    try (ShardStore store = LocalShardStore.open(Path.of(rolled.root()));
        Query plain = Query.open(store, settings, NONE, 0)) {
      for (int chart = 0; chart < CHARTS; chart++) {
        SeriesRequest request = request(random, log);
        SeriesAnswer expected = answer(plain, request);
        SeriesAnswer found = answer(rolled, request);
        if (expected != null && found != null) {
          assertThat(found.width()).isEqualTo(expected.width());
          assertThat(lines(found)).as(request.toString()).isEqualTo(lines(expected));
          checkMeans(found, expected);
        } else {
          assertThat(found).isEqualTo(expected);
        }
      }
    }
  }

  private static SeriesRequest request(Random random, RandomLog log) {
    Axis axis = random.nextInt(3) == 0 ? Axis.TIME : Axis.STEP;
    return new SeriesRequest(
        RandomLog.PROJECT,
        log.runs(),
        List.of(RandomLog.METRICS.get(random.nextInt(RandomLog.METRICS.size()))),
        Stream.METRICS,
        axis,
        random.nextInt(4) == 0 ? Range.all() : range(random, axis),
        2 + random.nextInt(random.nextBoolean() ? 60 : 1000),
        random.nextBoolean() ? Ranks.MERGE : Ranks.EACH,
        SeriesOptions.plain(),
        null);
  }

  /* About as far as logs reach: some hundred steps, seconds of any day. */
  private static Range range(Random random, Axis axis) {
    long base = axis == Axis.TIME ? 1_795_000_000_000L + random.nextInt(100_000_000) : 0;
    long from = base - 50 + random.nextInt(400);
    long to = from + random.nextInt(random.nextBoolean() ? 300 : 200_000);
    return new Range(BigDecimal.valueOf(from), BigDecimal.valueOf(to));
  }

  private static @Nullable SeriesAnswer answer(Query query, SeriesRequest request)
      throws Exception {
    try {
      return query.series(request);
    } catch (NoSuchFileException e) {
      return null; // Nobody has logged the metric yet.
    }
  }

  private static List<String> lines(SeriesAnswer answer) {
    List<String> lines = new ArrayList<>();
    for (Series series : answer.series()) {
      lines.add(series.run() + " " + series.writer() + ": " + NaiveSeries.of(series));
    }
    return lines;
  }

  private static void checkMeans(SeriesAnswer found, SeriesAnswer expected) {
    for (int i = 0; i < found.series().size(); i++) {
      Bins bins = found.series().get(i).bins();
      Bins others = expected.series().get(i).bins();
      for (int bin = 0; bin < bins.size(); bin++) {
        double most = Math.max(Math.abs(bins.min(bin)), Math.abs(bins.max(bin)));
        assertThat((double) bins.mean(bin))
            .isCloseTo(others.mean(bin), Offset.offset(Double.isNaN(most) ? 0 : most * 1e-6));
      }
    }
  }
}
