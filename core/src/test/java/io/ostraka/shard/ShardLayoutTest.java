package io.ostraka.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.store.ByteRange;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.SparseCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardLayoutTest {
  private static final WriterKey WRITER =
      new WriterKey(new RunKey("p", "run"), new WriterId("r000003-9f1c0a77d2e4b581"));
  private static final long TIME = 1_795_250_000_123_000L;

  @TempDir Path folder;

  /** Rows of the metrics a to d, some values not finite, steps out of order. */
  private static RowBuffer rows(Stream stream, int steps, int metrics) {
    NameTable names = new NameTable();
    RowBuffer rows = new RowBuffer(stream, names);
    int[] keySet = new int[metrics];
    for (int i = 0; i < metrics; i++) {
      keySet[i] = names.number("m" + (char) ('a' + i % 26) + i);
    }
    Random random = new Random(3);
    ByteBuffer values = ByteBuffer.allocate(8 * metrics).order(ByteOrder.LITTLE_ENDIAN);
    double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (int i = 0; i < steps; i++) {
      for (int m = 0; m < metrics; m++) {
        boolean isOdd = m == 1 || random.nextInt(100) == 0;
        values.putDouble(8 * m, isOdd ? odd[random.nextInt(3)] : random.nextGaussian());
      }
      boolean hasStep = stream.stepRequired();
      rows.addSeries(
          keySet, hasStep, random.nextInt(1000), TIME + random.nextInt(99), values.array(), 0);
    }
    return rows;
  }

  private Path write(RowBuffer rows) throws IOException {
    Path shard = folder.resolve("shard");
    try (ShardWriter writer = new ShardWriter()) {
      writer.write(shard, WRITER.writer(), 4096, rows);
    }
    return shard;
  }

  private static ShardLayout layout(Path shard) throws IOException {
    return ShardLayout.read(whole(shard), "shard");
  }

  private static SparseCopy whole(Path shard) throws IOException {
    LocalCopy copy =
        new LocalCopy() {
          @Override
          public Path path() {
            return shard;
          }

          @Override
          public void close() {}
        };
    return SparseCopy.whole(copy, Files.size(shard));
  }

  private static Map<String, MetricTotals> plainly(Path shard) throws IOException {
    Map<String, MetricTotals> totals = new TreeMap<>();
    try (ShardReader reader = ShardReader.open(shard, "shard")) {
      while (reader.next()) {
        MetricTotals one = one(reader);
        totals.merge(reader.name(), one, ShardLayoutTest::sum);
      }
    }
    return totals;
  }

  private static MetricTotals one(ShardReader at) throws IOException {
    double value = at.real(1);
    boolean finite = Double.isFinite(value);
    return new MetricTotals(
        1,
        at.hasStep()
            ? java.util.Optional.of(new StepSpan(at.step(), at.step()))
            : java.util.Optional.empty(),
        at.timeMicros(),
        at.timeMicros(),
        at.row(),
        value,
        at.row(),
        value,
        finite ? 1 : 0,
        finite ? value : Double.NaN,
        finite ? value : Double.NaN,
        finite ? value : 0);
  }

  private static MetricTotals sum(MetricTotals a, MetricTotals b) {
    boolean isLater = b.lastRow() > a.lastRow();
    return new MetricTotals(
        a.count() + b.count(),
        a.steps().isPresent() ? a.steps().map(s -> s.and(b.steps().orElseThrow())) : b.steps(),
        Math.min(a.firstMicros(), b.firstMicros()),
        Math.max(a.lastMicros(), b.lastMicros()),
        Math.min(a.firstRow(), b.firstRow()),
        b.firstRow() < a.firstRow() ? b.first() : a.first(),
        Math.max(a.lastRow(), b.lastRow()),
        isLater ? b.last() : a.last(),
        a.finite() + b.finite(),
        a.finite() == 0 ? b.min() : b.finite() == 0 ? a.min() : Math.min(a.min(), b.min()),
        a.finite() == 0 ? b.max() : b.finite() == 0 ? a.max() : Math.max(a.max(), b.max()),
        a.sum() + b.sum());
  }

  @Test
  void theFooterOfALargeShardSaysOfEachMetricWhatItsRowsSay() throws IOException {
    for (Stream stream : List.of(Stream.METRICS, Stream.SYSTEM)) {
      Path shard = write(rows(stream, 70_001, 4));
      assertThat(layout(shard).metrics().orElseThrow())
          .containsExactlyEntriesOf(plainly(shard))
          .hasSize(4);
    }
  }

  @Test
  void aMergedShardSaysItToo() throws IOException {
    Path shard = write(rows(Stream.METRICS, 50_000, 4));
    ShardName name = new ShardName(4096, 4096 + 199_999);
    Path merged = folder.resolve("merged");
    try (ShardMerger merger = new ShardMerger()) {
      merger.merge(merged, WRITER, Stream.METRICS, List.of(new ShardMerger.Source(shard, name)));
    }
    assertThat(layout(merged).metrics().orElseThrow()).isEqualTo(plainly(merged));
  }

  @Test
  void aShardThatIsReadWholeAnywayOrHasTooManyMetricsSaysNothing() throws IOException {
    assertThat(layout(write(rows(Stream.METRICS, 32_768, 4))).metrics()).isEmpty();
    assertThat(layout(write(rows(Stream.METRICS, 300, 600))).metrics()).isEmpty();
  }

  @Test
  void theRowGroupsOfAMetricAreThoseThatHoldIt() throws IOException {
    Path shard = write(rows(Stream.METRICS, 131_072, 4));
    ShardLayout layout = layout(shard);
    assertThat(layout.ofMetrics(List.of("mb1"))).hasSize(1);
    assertThat(layout.ofMetrics(List.of("mb1", "mc2"))).hasSize(2);
    assertThat(layout.ofMetrics(List.of("mb"))).isEmpty();
    List<ByteRange> all = layout.ofMetrics(layout.metrics().orElseThrow().keySet());
    assertThat(all).hasSize(4);
    assertThat(all.get(0).offset()).isEqualTo(4);
    assertThat(all.get(1).offset()).isEqualTo(all.get(0).end());
    List<ByteRange> values = layout.ofColumns(Set.of("value"));
    List<ByteRange> others = layout.ofColumns(Set.of("row", "step", "time", "name"));
    assertThat(values).hasSize(4);
    assertThat(others).hasSize(16);
    assertThat(bytes(values) + bytes(others)).isEqualTo(bytes(all));
  }

  private static long bytes(List<ByteRange> ranges) {
    return ranges.stream().mapToLong(ByteRange::length).sum();
  }

  @Test
  void aTableThatIsNoneIsNotThere() throws IOException {
    assertThat(MetricTable.parse("")).isEmpty();
    assertThat(MetricTable.parse("[1]")).isEmpty();
    assertThat(MetricTable.parse("{\"a\": [1, 2]}")).isEmpty();
    assertThat(MetricTable.parse("{\"a\": [1,0,1,0,1,1,\"x\",1,0,0,0,0,0]}")).isEmpty();
  }

  @Test
  void aFileThatIsNoShardIsRefused() throws IOException {
    Path file =
        Files.writeString(folder.resolve("text"), "no Parquet file at all, not a byte of it");
    assertThatThrownBy(() -> layout(file))
        .isInstanceOf(ShardFormatException.class)
        .hasMessage("Cannot read shard: it is cut short or damaged; copy it again or remove it");
  }
}
