package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A spike of one step among a million, at whatever width and zoom. */
class SpikeTest {
  private static final int POINTS = 1_000_000;
  private static final int LEAST_WIDTH = 10;
  private static final int GREATEST_WIDTH = 4000;
  private static final float SPIKE = 99.5f;
  private static final WriterKey WRITER = new WriterKey(new RunKey("p", "one"), WriterId.of(0, 1));

  @TempDir Path folder;

  @Test
  void isInTheAnswerAtEveryWidth() throws Exception {
    boolean isSoak = "1".equals(System.getenv("OSTRAKA_SOAK"));
    long seed = Long.getLong("ostraka.seed", System.nanoTime());
    System.out.println("SpikeTest: -Dostraka.seed=" + seed);
    Random random = new Random(seed);
    int spike = random.nextInt(POINTS);
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try (RootBuilder builder = RootBuilder.at(folder);
        ShardStore store = LocalShardStore.open(folder);
        Query query = Query.open(store, QuerySettings.defaults())) {
      builder.card(WRITER, Instant.parse("2026-01-02T03:04:05Z"), card -> {});
      String rows =
          """
          SELECT i AS row, i AS step, make_timestamptz(1795250000000000 + i * 1000) AS time,
                 'm' AS name, CASE WHEN i = %d THEN 99.5 ELSE sin(i) END AS value
          FROM range(%d) t(i) ORDER BY name, step, row
          """
              .formatted(spike, POINTS);
      builder.shard(WRITER, Stream.METRICS, new ShardName(0, POINTS - 1), rows);
      List<Callable<Question>> questions = new ArrayList<>();
      for (Question question : isSoak ? all(random, spike) : some(random, spike)) {
        questions.add(() -> question.ask(query));
      }
      System.out.println("SpikeTest: " + questions.size() + " questions");
      for (Future<Question> asked : threads.invokeAll(questions)) {
        asked.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /* Of all widths that come to bins of one size the answer is the same. */
  private static List<Question> some(Random random, int spike) {
    Set<Long> sizes = new HashSet<>();
    List<Question> questions = new ArrayList<>();
    for (int width = LEAST_WIDTH; width <= GREATEST_WIDTH; width++) {
      if (sizes.add(size(width))) {
        questions.add(new Question(width, Range.all(), Reduction.BINS));
        questions.add(new Question(width, Range.all(), Reduction.M4));
      }
    }
    for (int i = 0; i < 20; i++) {
      int width = LEAST_WIDTH + random.nextInt(GREATEST_WIDTH - LEAST_WIDTH + 1);
      questions.add(new Question(width, zoom(random, spike), Reduction.BINS));
    }
    return questions;
  }

  /*
   * Every width in bins of all points, and by M4: of all points every fourth one and one of each
   * size of bins, as that takes DuckDB's sort of a million points; the others zoomed in.
   */
  private static List<Question> all(Random random, int spike) {
    Set<Long> sizes = new HashSet<>();
    List<Question> questions = new ArrayList<>();
    for (int width = LEAST_WIDTH; width <= GREATEST_WIDTH; width++) {
      boolean isWhole = sizes.add(size(width)) || width % 4 == 0;
      questions.add(new Question(width, Range.all(), Reduction.BINS));
      questions.add(new Question(width, zoom(random, spike), Reduction.BINS));
      questions.add(new Question(width, isWhole ? Range.all() : zoom(random, spike), Reduction.M4));
    }
    return questions;
  }

  private static long size(int width) {
    return BinWidth.choose(new Extent(0, POINTS - 1), width);
  }

  private static Range zoom(Random random, int spike) {
    long reach = 1L << random.nextInt(21);
    long from = spike - (long) (random.nextDouble() * reach);
    return new Range(BigDecimal.valueOf(from), BigDecimal.valueOf(from + reach));
  }

  /** A chart that has the spike in view. */
  private record Question(int width, Range range, Reduction reduction) {
    Question ask(Query query) throws Exception {
      assertThat(greatest(query, width, range, reduction)).as(toString()).isEqualTo(SPIKE);
      return this;
    }
  }

  private static float greatest(Query query, int width, Range range, Reduction reduction)
      throws Exception {
    SeriesAnswer answer =
        query.series(
            new SeriesRequest(
                "p",
                List.of("one"),
                List.of("m"),
                Stream.METRICS,
                Axis.STEP,
                range,
                width,
                Ranks.MERGE,
                new SeriesOptions(null, null, reduction, false, false, null, null),
                null));
    Drawn drawn = answer.series().get(0).drawn();
    if (reduction == Reduction.BINS) {
      Bins bins = drawn.bins();
      assertThat(bins.size()).isLessThanOrEqualTo(width);
      return (float) IntStream.range(0, bins.size()).mapToDouble(bins::max).max().orElseThrow();
    }
    Points points = Objects.requireNonNull(drawn.points());
    return (float) IntStream.range(0, points.size()).mapToDouble(points::value).max().orElseThrow();
  }
}
