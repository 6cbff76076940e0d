package io.ostraka.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The shards of format 1 that every later version must read, and that this one writes byte for
 * byte: {@code docs/golden/shards}. A change of the bytes is a change of {@code docs/format.md};
 * then new ones are made with {@code -Dostraka.golden.write=true} and the old ones kept beside
 * them.
 */
class GoldenShardTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("ostraka.repository"), "docs/golden/shards/format-1");
  private static final WriterKey WRITER =
      new WriterKey(new RunKey("golden", "run"), new WriterId("r000003-9f1c0a77d2e4b581"));
  private static final long FIRST = 4096;
  private static final long TIME = 1_795_250_000_123_000L;
  private static final List<String> NAMES = List.of("train/loss", "größe/🎉", "lr", "train/Loss");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Stream.class)
  void aShardIsWrittenByteForByteAlike(Stream stream) throws IOException {
    RowBuffer rows = rows(stream);
    ShardName name = new ShardName(FIRST, FIRST + rows.size() - 1);
    Path golden = GOLDEN.resolve(stream.folder()).resolve(name.format());
    if (Boolean.getBoolean("ostraka.golden.write")) {
      Files.createDirectories(golden.getParent());
      write(golden, rows);
    }
    Path written = folder.resolve("written.parquet");
    assertThat(write(written, rows)).isEqualTo(name);
    assertThat(written).hasSameBinaryContentAs(golden);
    ShardFooter.read(golden).check(WRITER, stream, name);
  }

  @Test
  void theGoldenMetricsAreReadAsTheyWereLogged() throws IOException {
    RowBuffer rows = rows(Stream.METRICS);
    Map<Long, String> expected = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      expected.put(FIRST + i, rows.name(rows.nameNumber(i)) + "=" + rows.value(i));
    }
    ShardName name = new ShardName(FIRST, FIRST + rows.size() - 1);
    Map<Long, String> read = new TreeMap<>();
    try (ShardReader shard =
        ShardReader.open(GOLDEN.resolve("metrics").resolve(name.format()), name.format())) {
      while (shard.next()) {
        read.put(shard.row(), shard.name() + "=" + shard.real(1));
      }
    }
    assertThat(read).isEqualTo(expected);
  }

  private static ShardName write(Path target, RowBuffer rows) throws IOException {
    try (ShardWriter writer = new ShardWriter()) {
      return writer.write(target, WRITER.writer(), FIRST, rows);
    }
  }

  /**
   * Some hundred rows with steps that repeat, go backwards and are absent, and with every kind of
   * value.
   */
  private static RowBuffer rows(Stream stream) {
    RowBuffer rows = new RowBuffer(stream, new NameTable());
    double[] odd = {
      Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0x1p-1074
    };
    for (int i = 0; i < 300; i++) {
      boolean hasStep = stream.stepRequired() || i % 7 != 0;
      long step = hasStep ? (i * 37L) % 101 - 20 : 0;
      double value = i % 50 < odd.length ? odd[i % 50] : i / 7.0;
      String name = NAMES.get(i % NAMES.size());
      rows.addRow(hasStep, step, TIME + 1000L * i, cells(stream, i, name, value));
    }
    return rows;
  }

  private static List<Object> cells(Stream stream, int i, String name, double value) {
    return switch (stream) {
      case METRICS, SYSTEM -> List.of(utf8(name), value);
      case TEXTS -> List.of(utf8(name), utf8("text " + i + " härter 🎉".repeat(i % 3)));
      case CONSOLE -> List.of(utf8(i % 2 == 0 ? "stdout" : "stderr"), utf8("line " + i));
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aShardOfManyRowGroupsHoldsEveryRowOnceAndSorted() throws IOException {
    int count = 3 * RowGroupBuffer.MAX_ROWS + 17;
    RowBuffer rows = new RowBuffer(Stream.METRICS, new NameTable());
    NameTable names = rows.names();
    int[] keySet = {names.number("b"), names.number("a"), names.number("c")};
    ByteBuffer values = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count / 3; i++) {
      for (int v = 0; v < 3; v++) {
        values.putDouble(8 * v, 3.0 * i + v);
      }
      rows.addSeries(keySet, true, count - i, TIME + i, values.array(), 0);
    }
    Path shard = folder.resolve("large.parquet");
    write(shard, rows);
    boolean[] seen = new boolean[rows.size()];
    String last = "";
    try (ShardReader read = ShardReader.open(shard, "large")) {
      while (read.next()) {
        int i = (int) (read.row() - FIRST);
        assertThat(seen[i]).isFalse();
        seen[i] = true;
        assertThat(read.real(1)).isEqualTo((double) i);
        assertThat(read.name()).isGreaterThanOrEqualTo(last);
        last = read.name();
      }
    }
    assertThat(seen).doesNotContain(false);
  }
}
