package io.ostraka.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShardFooterTest {
  private static final WriterId WRITER = new WriterId("r000003-9f1c0a77d2e4b581");
  private static final ShardName NAME = new ShardName(4096, 8191);
  private static final WriterKey KEY = new WriterKey(new RunKey("p", "r"), WRITER);

  private Path file;

  @BeforeEach
  void nameAFile(@TempDir Path folder) {
    file = folder.resolve(NAME.format());
  }

  @Test
  void aFooterSaysWhatTheShardHolds() throws IOException {
    Files.write(file, EmptyShard.bytes(WRITER, Stream.METRICS, NAME));
    ShardFooter footer = ShardFooter.read(file);
    assertThat(footer).isEqualTo(new ShardFooter("metrics", WRITER.text(), 4096, 8191, 4096, 1));
    assertThatCode(() -> footer.check(KEY, Stream.METRICS, NAME)).doesNotThrowAnyException();
  }

  @Test
  void everyShardThatIsWrittenReadsBackAsWhatItIs() throws IOException {
    for (int rows : new int[] {1, 4096, 300_000}) {
      RowBuffer buffer = new RowBuffer(Stream.CONSOLE, new NameTable());
      for (int row = 0; row < rows; row++) {
        buffer.addRow(false, 0, row * 1000L, List.of(bytes("stdout"), bytes("line " + row)));
      }
      try (ShardWriter shards = new ShardWriter()) {
        ShardName name = shards.write(file, WRITER, 4096, buffer);
        ShardFooter.read(file).check(KEY, Stream.CONSOLE, name);
        assertThat(ShardFooter.read(file).rows()).isEqualTo(rows);
      }
    }
  }

  @Test
  void aFooterLongerThanTheFirstReadIsReadWhole() throws IOException {
    Map<String, String> keys = EmptyShard.keys(WRITER, Stream.METRICS, NAME);
    keys.put("something.large", "x".repeat(100_000));
    Files.write(file, EmptyShard.bytes(keys, NAME.rows()));
    assertThat(ShardFooter.read(file).last()).isEqualTo(8191);
  }

  @Test
  void aFileThatIsNotThereIsNoFormatError() {
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> ShardFooter.read(file));
  }

  @Test
  void aShardCutInHalfIsRefused() throws IOException {
    byte[] whole = EmptyShard.bytes(WRITER, Stream.METRICS, NAME);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertRefused("it is cut short or damaged; copy it again or remove it");
  }

  @Test
  void aShardCutAnywhereIsRefused() throws IOException {
    byte[] whole = EmptyShard.bytes(WRITER, Stream.METRICS, NAME);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatExceptionOfType(ShardFormatException.class)
          .isThrownBy(() -> ShardFooter.read(file))
          .withMessageStartingWith("Cannot read " + file + ": ");
    }
  }

  @Test
  void aShardWithAnyByteChangedIsReadOrRefusedButNothingElse() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] whole = EmptyShard.bytes(WRITER, Stream.METRICS, NAME);
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      Files.write(file, damaged);
      assertThatCode(() -> readOrRefuse())
          .as("seed %d, turn %d", seed, i)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aTextFileIsRefused() throws IOException {
    Files.writeString(file, "step,loss\n".repeat(100));
    assertRefused("it is no Parquet file; remove it or put back the original");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Files.createFile(file);
    assertRefused("it is no Parquet file; remove it or put back the original");
  }

  @Test
  void aForeignParquetFileIsRefused() throws IOException {
    Files.write(file, EmptyShard.bytes(Map.of("pandas", "{}"), 10));
    assertRefused("it is a Parquet file but no shard (no ostraka.format); move it out of the root");
  }

  @Test
  void aNewerFormatIsRefusedWithWhatWasFoundAndWhatIsRead() throws IOException {
    Map<String, String> keys = EmptyShard.keys(WRITER, Stream.METRICS, NAME);
    keys.put(ShardFooter.FORMAT_KEY, "3");
    Files.write(file, EmptyShard.bytes(keys, NAME.rows()));
    assertRefused("format 3, this build reads 1 to 1; upgrade ostraka");
  }

  @Test
  void aMissingOrOddFieldIsNamed() throws IOException {
    Map<String, String> keys = EmptyShard.keys(WRITER, Stream.METRICS, NAME);
    keys.remove(ShardFooter.WRITER_KEY);
    Files.write(file, EmptyShard.bytes(keys, NAME.rows()));
    assertRefused("its footer has no ostraka.writer; put back the original file or remove it");

    keys = EmptyShard.keys(WRITER, Stream.METRICS, NAME);
    keys.put(ShardFooter.LAST_ROW_KEY, "many");
    Files.write(file, EmptyShard.bytes(keys, NAME.rows()));
    assertRefused("ostraka.last_row is \"many\" and no number; put back the original or remove it");
  }

  @Test
  void aFooterThatContradictsItsPlaceIsRefused() {
    String writer = WRITER.text();
    assertContradiction(
        new ShardFooter("metrics", "r000000-0000000000000000", 4096, 8191, 4096, 1),
        "writer r000000-0000000000000000");
    assertContradiction(new ShardFooter("system", writer, 4096, 8191, 4096, 1), "stream system");
    assertContradiction(
        new ShardFooter("metrics", writer, 4096, 8190, 4096, 1), "rows 4096 to 8190");
    assertContradiction(new ShardFooter("metrics", writer, 0, 8191, 4096, 1), "rows 0 to 8191");
    assertContradiction(
        new ShardFooter("metrics", writer, 4096, 8191, 4095, 1), "4095 rows in place of 4096");
  }

  @Test
  void noHadoopClassIsNeededToReadAFooter() throws Exception {
    Files.write(file, EmptyShard.bytes(WRITER, Stream.METRICS, NAME));
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("hadoop-client"))
            .collect(Collectors.joining(File.pathSeparator));
    Path output = file.resolveSibling("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                ReadsOneFooter.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).hasContent("no Hadoop, rows 4096 to 8191");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void readOrRefuse() throws IOException {
    try {
      ShardFooter.read(file);
    } catch (ShardFormatException e) {
      assertThat(e).hasMessageStartingWith("Cannot read " + file + ": ");
    }
  }

  private void assertRefused(String reason) {
    assertThatExceptionOfType(ShardFormatException.class)
        .isThrownBy(() -> ShardFooter.read(file))
        .withMessage("Cannot read " + file + ": " + reason);
  }

  private static void assertContradiction(ShardFooter footer, String found) {
    assertThatExceptionOfType(ShardFormatException.class)
        .isThrownBy(() -> footer.check(KEY, Stream.METRICS, NAME))
        .withMessage(
            "Cannot read project=p/run=r/writer=r000003-9f1c0a77d2e4b581/metrics/"
                + "000000004096-000000008191.parquet: its footer says "
                + found
                + ", which is not what its name says; put back the original file or remove this"
                + " one");
  }
}
