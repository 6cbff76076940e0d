package io.ostraka.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ShardReaderTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Stream.class)
  void everyColumnIsReadAsItWasLogged(Stream stream) throws IOException {
    RowBuffer rows = new RowBuffer(stream, new NameTable());
    for (int i = 0; i < 2000; i++) {
      boolean hasStep = stream.stepRequired() || i % 3 > 0;
      List<Object> cells =
          stream.isSeries()
              ? List.of(utf8("m" + i % 7), i + 0.5)
              : List.of(utf8("n" + i % 3), utf8("text " + i));
      rows.addRow(hasStep, hasStep ? i * 31L - 5 : 0, i * 1000L, cells);
    }
    Path file = folder.resolve("shard");
    write(file, rows);
    int read = 0;
    try (ShardReader shard = ShardReader.open(file, "shard")) {
      assertThat(shard.stream()).isEqualTo(stream);
      assertThat(shard.footer().rows()).isEqualTo(2000);
      for (; shard.next(); read++) {
        int i = (int) shard.row() - 100;
        boolean hasStep = stream.stepRequired() || i % 3 > 0;
        assertThat(shard.hasStep()).isEqualTo(hasStep);
        assertThat(shard.step()).isEqualTo(hasStep ? i * 31L - 5 : 0);
        assertThat(shard.timeMicros()).isEqualTo(i * 1000L);
        assertThat(shard.name()).isEqualTo(stream.isSeries() ? "m" + i % 7 : "n" + i % 3);
        if (stream.isSeries()) {
          assertThat(shard.real(1)).isEqualTo(i + 0.5);
        } else {
          assertThat(shard.text(1)).isEqualTo("text " + i);
        }
      }
      assertThat(shard.next()).isFalse();
    }
    assertThat(read).isEqualTo(2000);
  }

  @Test
  void aColumnThatWasNotAskedForAtFirstIsReadFromWhereItIs() throws IOException {
    RandomShards shards = new RandomShards(folder, Stream.METRICS, 3, 140_000, 1);
    Path file = shards.whole();
    double[] values = new double[140_000];
    try (ShardReader all = ShardReader.open(file, "all");
        ShardReader some = ShardReader.open(file, "some")) {
      for (int i = 0; all.next(); i++) {
        values[i] = all.real(1);
      }
      for (int i = 0; some.next(); i++) {
        if (i % 9973 == 9000) {
          assertThat(some.real(1)).isEqualTo(Double.valueOf(values[i]));
        }
      }
    }
  }

  @Test
  void integersOfEveryWidthAreDecoded() throws IOException {
    Random random = new Random(1);
    DeltaReader reader = new DeltaReader();
    for (int width = 0; width <= 64; width++) {
      for (int count : new int[] {1, 2, 128, 129, 1000}) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
          values[i] = width == 0 ? 7 : random.nextLong() >> (64 - width);
        }
        byte[] page = deltas(values);
        byte[] padded = Arrays.copyOf(page, page.length + PageReader.PADDING);
        reader.begin(padded, 0, page.length);
        long[] read = new long[count];
        long[] part = new long[count];
        for (int from = 0; from < count; ) {
          int some = Math.min(count - from, 1 + random.nextInt(300));
          reader.read(part, some);
          System.arraycopy(part, 0, read, from, some);
          from += some;
        }
        assertThat(read).as("%d values of %d bits", count, width).isEqualTo(values);
      }
    }
  }

  private static byte[] deltas(long[] values) throws IOException {
    try (var writer =
        new DeltaBinaryPackingValuesWriterForLong(
            128, 4, 1024, 1 << 20, HeapByteBufferAllocator.getInstance())) {
      for (long value : values) {
        writer.writeLong(value);
      }
      BytesInput bytes = writer.getBytes();
      return bytes.toInputStream().readAllBytes();
    }
  }

  @Test
  void aFlippedBitAnywhereIsFoundByWhoeverReadsEverything() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (Stream stream : Stream.values()) {
      Path file = new RandomShards(folder, stream, 5, 1500, 1).whole();
      List<String> whole = everything(file);
      byte[] bytes = Files.readAllBytes(file);
      for (int turn = 0; turn < 250; turn++) {
        byte[] damaged = bytes.clone();
        int at = random.nextInt(bytes.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        Path other = Files.write(folder.resolve("damaged"), damaged);
        try {
          // Statistics and indexes are not read: a bit of theirs changes nothing.
          assertThat(everything(other)).as("seed %d, byte %d", seed, at).isEqualTo(whole);
        } catch (ShardFormatException e) {
          assertThat(e).hasMessageContaining("Cannot read shown: ");
        }
      }
    }
  }

  private static List<String> everything(Path file) throws IOException {
    List<String> rows = new ArrayList<>();
    try (ShardReader shard = ShardReader.open(file, "shown")) {
      boolean series = shard.stream().isSeries();
      while (shard.next()) {
        rows.add(
            shard.row()
                + " "
                + shard.hasStep()
                + shard.step()
                + " "
                + shard.timeMicros()
                + shard.name()
                + (series ? shard.real(1) : shard.text(1)));
      }
    }
    return rows;
  }

  @Test
  void randomBytesInPlaceOfAPageAreNamedAndNothingElseHappens() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path file = new RandomShards(folder, Stream.TEXTS, 5, 1500, 1).whole();
    byte[] bytes = Files.readAllBytes(file);
    for (int turn = 0; turn < 500; turn++) {
      byte[] damaged = bytes.clone();
      int from = random.nextInt(bytes.length);
      for (int i = from; i < Math.min(bytes.length, from + 40); i++) {
        damaged[i] = (byte) random.nextInt();
      }
      Path other = Files.write(folder.resolve("damaged"), damaged);
      assertThatCode(
              () -> {
                try {
                  everything(other);
                } catch (ShardFormatException e) {
                  assertThat(e).hasMessageStartingWith("Cannot read shown: ");
                }
              })
          .as("seed %d, turn %d", seed, turn)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aShardOfAnotherEncoderIsRefusedByWhatIsOtherAboutIt() throws IOException {
    byte[] bytes = Files.readAllBytes(new RandomShards(folder, Stream.METRICS, 5, 100, 1).whole());
    int encoding = indexOf(bytes, new byte[] {0x15, 0x0a, 0x15, 0x06});
    bytes[encoding + 1] = 0; // of the first page: PLAIN in place of DELTA_BINARY_PACKED
    Path file = Files.write(folder.resolve("other"), bytes);
    assertThatExceptionOfType(ShardFormatException.class)
        .isThrownBy(() -> everything(file))
        .withMessage(
            "Cannot read shown: it is not laid out as Ostraka does it (column row is encoded as"
                + " PLAIN); put back the original file or remove this one");
  }

  @Test
  void aShardWithoutTheColumnsOfItsStreamIsRefused() throws IOException {
    ShardName name = new ShardName(0, 9);
    Path file =
        Files.write(
            folder.resolve("empty"),
            EmptyShard.bytes(ShardMergerTest.WRITER.writer(), Stream.METRICS, name));
    assertThatExceptionOfType(ShardFormatException.class)
        .isThrownBy(() -> ShardReader.open(file, "shown"))
        .withMessage(
            "Cannot read shown: it has no column row that is REQUIRED INT64, as Ostraka writes it;"
                + " put back the original file or remove this one");
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    int at = 0;
    while (!Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
      at++;
    }
    return at;
  }

  @Test
  void aFileThatIsNotThereIsNoFormatError() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> ShardReader.open(folder.resolve("none"), "none"));
  }

  private void write(Path file, RowBuffer rows) throws IOException {
    try (ShardWriter writer = new ShardWriter()) {
      writer.write(file, ShardMergerTest.WRITER.writer(), 100, rows);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
