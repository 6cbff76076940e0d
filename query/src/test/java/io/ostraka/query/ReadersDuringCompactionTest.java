package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.compact.CompactionResult;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.compact.Compactor;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.ShardWriter;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers in tight loops while a run is written and compacted, and what is covered is removed at
 * once, which leaves them none of the time that they have otherwise. By simulated time a shard is
 * published every ten seconds; {@code -Dostraka.hours} says for how many hours rather than twenty
 * minutes.
 */
final class ReadersDuringCompactionTest {
  private static final int HOURS = Integer.getInteger("ostraka.hours", 0);
  private static final int SHARDS = HOURS == 0 ? 120 : HOURS * 360;
  private static final int ROWS = 30;
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final RunKey RUN = new RunKey("p", "r");
  private static final List<WriterKey> WRITERS =
      List.of(new WriterKey(RUN, WriterId.of(0, 1)), new WriterKey(RUN, WriterId.of(1, 2)));
  private static final List<Stream> STREAMS = List.of(Stream.METRICS, Stream.CONSOLE);

  @TempDir Path folder;

  private final AtomicLong ticks = new AtomicLong();

  /** How many rows each stream of each writer has that no reader may miss. */
  private final AtomicLong published = new AtomicLong();

  private volatile boolean isDone;

  @Test
  void noQueryFailsAndNoneCountsARowTwiceOrMissesOne() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    AtomicInteger queries = new AtomicInteger();
    try (ShardStore store = LocalShardStore.open(root);
        Query query = Query.open(store, QuerySettings.defaults().withFreshness(Duration.ZERO))) {
      for (WriterKey writer : WRITERS) {
        store.prepare(writer.prefix());
        store.replace(
            writer.cardKey(), utf8("{\"state\":\"running\",\"heartbeat_seconds\":86400}"));
      }
      publish(store, 0);
      ExecutorService threads = Executors.newCachedThreadPool();
      List<Future<Void>> loops = new ArrayList<>();
      loops.add(threads.submit(() -> readAgain(queries, () -> checkSeries(query))));
      loops.add(threads.submit(() -> readAgain(queries, () -> checkPoints(query))));
      loops.add(threads.submit(() -> readAgain(queries, () -> checkConsole(query))));
      loops.add(threads.submit(() -> readAgain(queries, new Follower(query)::poll)));
      CompactionResult done;
      try {
        done = writeAndCompact(store);
      } finally {
        isDone = true;
        threads.shutdown();
        assertThat(threads.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
      }
      for (Future<Void> loop : loops) {
        loop.get();
      }
      checkSeries(query);
      checkPoints(query);
      checkConsole(query);
      System.out.printf(
          "ReadersDuringCompactionTest: %d shards, %d queries, %d merges, %d removed%n",
          SHARDS, queries.get(), done.merges(), done.retired());
      assertThat(done.merges()).isGreaterThan(20);
      assertThat(done.retired()).isGreaterThan(SHARDS);
      assertThat(query.summariesKept()).isLessThan(WRITERS.size() * 80 + 1);
    }
  }

  private CompactionResult writeAndCompact(ShardStore store) throws IOException {
    Compactor compactor =
        new Compactor(
            store,
            Files.createDirectory(folder.resolve("scratch")),
            new CompactionSettings(ticks::get, Duration.ZERO, new Semaphore(1)));
    CompactionResult done = CompactionResult.NOTHING;
    for (int shard = 1; shard < SHARDS; shard++) {
      publish(store, shard);
      ticks.addAndGet(INTERVAL.toNanos());
      done = done.plus(compact(compactor));
    }
    for (WriterKey writer : WRITERS) {
      String rows = "{\"metrics\":" + published + ",\"console\":" + published + "}";
      store.create(writer.endKey(), utf8("{\"state\":\"finished\",\"rows\":" + rows + "}"));
    }
    ticks.addAndGet(INTERVAL.toNanos());
    done = done.plus(compact(compactor));
    ticks.addAndGet(INTERVAL.toNanos());
    return done.plus(compact(compactor));
  }

  private static CompactionResult compact(Compactor compactor) throws IOException {
    CompactionResult done = CompactionResult.NOTHING;
    for (WriterKey writer : WRITERS) {
      done = done.plus(compactor.compact(writer));
    }
    assertThat(done.problems()).isEmpty();
    return done;
  }

  private void publish(ShardStore store, int shard) throws IOException {
    for (WriterKey writer : WRITERS) {
      for (Stream stream : STREAMS) {
        RowBuffer rows = new RowBuffer(stream, new NameTable());
        for (long row = shard * (long) ROWS; row < (shard + 1L) * ROWS; row++) {
          List<Object> cells =
              stream == Stream.METRICS
                  ? List.of(utf8("m"), (double) row)
                  : List.of(utf8("stdout"), utf8("line " + row));
          rows.addRow(true, row, row * 1000, cells);
        }
        Path file = folder.resolve("sealed.parquet");
        try (ShardWriter sealing = new ShardWriter()) {
          String key =
              writer.shardKey(
                  stream.folder(), sealing.write(file, writer.writer(), shard * (long) ROWS, rows));
          store.publish(key, file);
        }
        Files.delete(file);
      }
    }
    published.set((shard + 1L) * ROWS);
  }

  private interface Read {
    void read() throws Exception;
  }

  private @Nullable Void readAgain(AtomicInteger queries, Read read) throws Exception {
    while (!isDone) {
      read.read();
      queries.incrementAndGet();
    }
    return null;
  }

  private void checkSeries(Query query) throws IOException {
    long least = published.get();
    SeriesAnswer answer = query.series(request(null));
    assertThat(answer.problems()).isEmpty();
    assertThat(answer.series()).hasSize(WRITERS.size());
    for (Series series : answer.series()) {
      Map<Long, Long> counts = counts(series);
      assertThat(counts.size()).isGreaterThanOrEqualTo((int) (least / answer.width()));
      checkWhole(counts, answer.width(), Objects.requireNonNull(series.extent()).last());
    }
  }

  /* Each step was logged once: all bins are full but the last, which ends with the series. */
  private static void checkWhole(Map<Long, Long> counts, long width, long last) {
    counts.forEach(
        (bin, count) ->
            assertThat(count)
                .as("bin %d of width %d of a series up to %d", bin, width, last)
                .isEqualTo(Math.min(width, last + 1 - bin * width)));
    assertThat(counts).hasSize((int) (last / width) + 1);
  }

  private static Map<Long, Long> counts(Series series) {
    Map<Long, Long> counts = new TreeMap<>();
    for (int i = 0; i < series.bins().size(); i++) {
      counts.put(series.bins().number(i), series.bins().count(i));
    }
    return counts;
  }

  private void checkPoints(Query query) throws IOException {
    long least = published.get();
    Page<Point> page =
        query.points(
            new PointsRequest(
                "p",
                "r",
                "m",
                Stream.METRICS,
                WRITERS.get(1).writer(),
                Axis.STEP,
                Range.all(),
                PointsRequest.MOST_POINTS));
    assertThat(page.rows().size()).isGreaterThanOrEqualTo((int) least);
    for (int i = 0; i < page.rows().size(); i++) {
      assertThat(page.rows().get(i).row()).isEqualTo(i);
    }
  }

  private void checkConsole(Query query) throws IOException {
    long least = published.get();
    int limit = 1000;
    Page<ConsoleLine> newest = query.console(new ConsoleRequest("p", "r", null, null, "", limit));
    long last = newest.rows().get(newest.rows().size() - 1).row();
    assertThat(last).isGreaterThanOrEqualTo(least - 1);
    long after = Math.max(0, least - limit);
    Page<ConsoleLine> rest =
        query.console(new ConsoleRequest("p", "r", WRITERS.get(0).writer(), after - 1, "", limit));
    for (int i = 0; i < rest.rows().size(); i++) {
      assertThat(rest.rows().get(i).row()).isEqualTo(after + i);
    }
    assertThat(rest.rows()).hasSizeGreaterThanOrEqualTo((int) (least - after));
  }

  private static SeriesRequest request(SeriesRequest.@Nullable Held held) {
    return new SeriesRequest(
        "p",
        List.of("r"),
        List.of("m"),
        Stream.METRICS,
        Axis.STEP,
        Range.all(),
        500,
        Ranks.EACH,
        SeriesOptions.plain(),
        held);
  }

  /** A page that is open all the time. */
  private final class Follower {
    private final Query query;
    private final Map<WriterId, Map<Long, Long>> held = new TreeMap<>();
    private SeriesRequest.@Nullable Held upTo;

    Follower(Query query) {
      this.query = query;
    }

    void poll() throws IOException {
      long least = published.get();
      SeriesAnswer answer = query.series(request(upTo));
      upTo = new SeriesRequest.Held(answer.width(), answer.progress());
      for (Series series : answer.series()) {
        WriterId writer = Objects.requireNonNull(series.writer());
        Map<Long, Long> counts = held.computeIfAbsent(writer, id -> new TreeMap<>());
        if (answer.whole()) {
          counts.clear();
        }
        counts(series).forEach((bin, count) -> counts.merge(bin, count, Long::sum));
        long last = Objects.requireNonNull(series.extent()).last();
        assertThat(last).isGreaterThanOrEqualTo(least - 1);
        checkWhole(counts, answer.width(), last);
      }
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
