package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.ShardLayout;
import io.ostraka.shard.ShardWriter;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ByteRange;
import io.ostraka.store.ShardStore;
import io.ostraka.store.SparseCopy;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large shards that are not on this machine: read in part, and to the same answers. */
class DistantShardsTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final WriterKey WRITER =
      new WriterKey(new RunKey("p", "large"), WriterId.of(0, 1));
  private static final int METRICS = 20;
  private static final int STEPS = 40_000;
  private static final double SLACK = 1.3;

  @TempDir Path folder;
  private ShardStore local;
  private DistantStore distant;
  private Query near;
  private Query far;

  @BeforeEach
  void open() throws IOException {
    local = LocalShardStore.open(folder.resolve("root"));
    distant = new DistantStore(local, folder);
    QuerySettings settings = QuerySettings.defaults().withFreshness(Duration.ZERO);
    near = Query.open(local, settings);
    far = Query.open(distant, settings);
  }

  @AfterEach
  void close() {
    far.close();
    near.close();
    local.close();
  }

  private static String metric(int i) {
    return "validation/loss-%02d".formatted(i);
  }

  /** One large shard of all metrics, as a merged run has it. */
  private StoredObject log(Stream stream) throws IOException {
    NameTable names = new NameTable();
    RowBuffer rows = new RowBuffer(stream, names);
    int[] keySet = IntStream.range(0, METRICS).map(i -> names.number(metric(i))).toArray();
    Random random = new Random(5);
    ByteBuffer values = ByteBuffer.allocate(8 * METRICS).order(ByteOrder.LITTLE_ENDIAN);
    for (int step = 0; step < STEPS; step++) {
      for (int i = 0; i < METRICS; i++) {
        boolean isOdd = random.nextInt(10_000) == 0;
        values.putDouble(8 * i, isOdd ? Double.NaN : (float) random.nextGaussian());
      }
      long micros = START.toEpochMilli() * 1000 + step * 1_000_000L + random.nextInt(3000) * 1000L;
      boolean hasStep = stream.stepRequired();
      rows.addSeries(keySet, hasStep, hasStep ? step - 50 : 0, micros, values.array(), 0);
    }
    Path sealed = folder.resolve("sealed");
    ShardName name;
    try (ShardWriter writer = new ShardWriter()) {
      name = writer.write(sealed, WRITER.writer(), 0, rows);
    }
    local.prepare(WRITER.prefix());
    String key = WRITER.shardKey(stream.folder(), name);
    local.publish(key, sealed);
    return local.list(WRITER.streamPrefix(stream.folder())).objects().get(0);
  }

  private long groupBytes(StoredObject shard, List<String> metrics) throws IOException {
    try (SparseCopy copy = local.openSparse(shard)) {
      ShardLayout layout = ShardLayout.read(copy, shard.key());
      return layout.ofMetrics(metrics).stream().mapToLong(ByteRange::length).sum();
    }
  }

  private static SeriesRequest series(String metric, Range range) {
    return new SeriesRequest(
        "p",
        List.of("large"),
        List.of(metric),
        Stream.METRICS,
        Axis.STEP,
        range,
        500,
        Ranks.MERGE,
        SeriesOptions.plain(),
        null);
  }

  private void assertSameSeries(String metric, Range range) throws IOException {
    SeriesAnswer expected = near.series(series(metric, range));
    SeriesAnswer found = far.series(series(metric, range));
    assertThat(bins(found)).isEqualTo(bins(expected));
    assertThat(found.series().get(0).extent()).isEqualTo(expected.series().get(0).extent());
  }

  private static List<String> bins(SeriesAnswer answer) {
    Bins bins = answer.series().get(0).bins();
    return IntStream.range(0, bins.size())
        .mapToObj(i -> bins.number(i) + ": " + bins.min(i) + " " + bins.max(i) + " " + bins.last(i))
        .toList();
  }

  @Test
  void aPageOfAFewMetricsFetchesLittleMoreThanTheirRowGroups() throws IOException {
    StoredObject shard = log(Stream.METRICS);
    List<String> onScreen = List.of(metric(3), metric(11));
    assertThat(far.runs("p")).hasSize(1);
    assertThat(far.metrics("p", List.of(), Stream.METRICS).metrics())
        .isEqualTo(near.metrics("p", List.of(), Stream.METRICS).metrics())
        .hasSize(METRICS);
    assertThat(far.summary("p", "large").rows()).hasSize(METRICS);
    for (String metric : onScreen) {
      assertSameSeries(metric, Range.all());
    }
    long needed = groupBytes(shard, onScreen);
    assertThat(needed).isLessThan(shard.sizeBytes() / 2);
    assertThat((double) distant.fetchedBytes()).isBetween((double) needed, SLACK * needed);
  }

  @Test
  void answersAreTheSameAsFromWholeFiles() throws IOException {
    log(Stream.METRICS);
    for (int i = 0; i < METRICS; i += 3) {
      assertSameSeries(metric(i), Range.all());
      assertSameSeries(
          metric(METRICS - 1 - i), new Range(BigDecimal.valueOf(100), BigDecimal.valueOf(5000)));
    }
    PointsRequest points =
        new PointsRequest(
            "p",
            "large",
            metric(7),
            Stream.METRICS,
            null,
            Axis.STEP,
            new Range(BigDecimal.valueOf(5), BigDecimal.valueOf(90)),
            1000);
    assertThat(far.points(points).rows()).isEqualTo(near.points(points).rows()).isNotEmpty();
    assertThat(far.summary("p", "large").rows()).isEqualTo(near.summary("p", "large").rows());
  }

  @Test
  void aStreamWithoutStepsIsReadLikewise() throws IOException {
    log(Stream.SYSTEM);
    assertThat(far.metrics("p", List.of(), Stream.SYSTEM).metrics())
        .isEqualTo(near.metrics("p", List.of(), Stream.SYSTEM).metrics())
        .hasSize(METRICS);
    assertThat(distant.fetchedBytes()).isLessThan(200_000);
  }

  @Test
  void aShardWithoutATableIsReadWithoutItsValues() throws IOException, SQLException {
    String rows =
        """
        SELECT i AS row, i // 4 AS step, make_timestamptz(1795000000000000 + i * 1000) AS time,
               'm' || (i % 4) AS name, random() AS value
        FROM range(400000) AS t(i) ORDER BY name, step, row
        """;
    try (RootBuilder builder = RootBuilder.at(folder.resolve("root"))) {
      builder.card(WRITER, START, card -> {});
      builder.shard(WRITER, Stream.METRICS, new ShardName(0, 399_999), rows);
    }
    long size =
        local.list("").objects().stream().mapToLong(StoredObject::sizeBytes).max().orElse(0);
    assertThat(far.metrics("p", List.of(), Stream.METRICS).metrics())
        .isEqualTo(near.metrics("p", List.of(), Stream.METRICS).metrics());
    assertThat(distant.fetchedBytes()).isLessThan(size / 2);
    assertThat(far.summary("p", "large").rows()).hasSize(4);
  }

  @Test
  void aDamagedFooterIsNamedAndTheRestIsShown() throws IOException {
    StoredObject shard = log(Stream.METRICS);
    Path file = folder.resolve("root").resolve(shard.key());
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(shard.sizeBytes() - 8);
      bytes.writeInt(-1);
    }
    assertThat(Files.size(file)).isEqualTo(shard.sizeBytes());
    MetricsAnswer answer = far.metrics("p", List.of(), Stream.METRICS);
    assertThat(answer.metrics()).isEmpty();
    assertThat(answer.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("its footer is damaged"));
  }
}
