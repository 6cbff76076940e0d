package io.ostraka.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ShardMergerTest {
  static final WriterKey WRITER =
      new WriterKey(new RunKey("p", "r"), new WriterId("r000003-9f1c0a77d2e4b581"));

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Stream.class)
  void whateverTheSplitTheMergedShardIsTheOneWrittenAtOnce(Stream stream) throws IOException {
    for (int turn = 0; turn < 12; turn++) {
      long seed = new Random().nextLong();
      RandomShards shards = new RandomShards(folder, stream, seed);
      Path merged = folder.resolve("merged");
      try (ShardMerger merger = turn % 3 == 0 ? new ShardMerger(10_000) : new ShardMerger()) {
        ShardName name = merger.merge(merged, WRITER, stream, shards.split());
        assertThat(name).isEqualTo(shards.name());
      }
      assertThat(merged).as("seed %d", seed).hasSameBinaryContentAs(shards.whole());
    }
  }

  @Test
  void aMergeOfMoreThanARowGroupIsTheShardWrittenAtOnce() throws IOException {
    RandomShards shards = new RandomShards(folder, Stream.METRICS, 7, 300_000, 5);
    Path merged = folder.resolve("merged");
    try (ShardMerger merger = new ShardMerger()) {
      merger.merge(merged, WRITER, Stream.METRICS, shards.split());
    }
    assertThat(merged).hasSameBinaryContentAs(shards.whole());
  }

  @Test
  void aSourceThatHoldsARowTwiceIsRefusedByName() throws IOException {
    assertRefused(
        List.of(0L, 1L, 2L, 2L), "its rows are out of order; put back the original file or remove");
    assertRefused(
        List.of(0L, 1L, 4L, 3L), "its rows are out of order; put back the original file or remove");
  }

  @Test
  void aSourceThatHoldsOtherRowsThanItsNameSaysIsRefusedByName() throws IOException {
    assertRefused(List.of(0L, 1L, 2L, 4L), "its rows are not those of its name, each once; put");
    assertRefused(List.of(0L, 1L, 2L, 3_000_000_003L), "its rows are not those of its name, each");
    assertRefused(
        List.of(0L, 1L, 2L), "its footer says 3 rows in place of 4, which is not what its name");
  }

  @Test
  void aRowThatIsThereTwiceUnderTwoNamesIsFound() throws IOException {
    ShardName name = new ShardName(0, 3);
    assertRefused(
        name,
        OddShard.bytes(
            folder, WRITER.writer(), name, List.of(0L, 1L, 1L, 2L), List.of("a", "a", "b", "b")),
        "its rows are not those of its name, each once; put");
  }

  @Test
  void aSourceWhoseNamesAreOutOfOrderIsRefused() throws IOException {
    ShardName name = new ShardName(0, 3);
    assertRefused(
        name,
        OddShard.bytes(
            folder, WRITER.writer(), name, List.of(0L, 1L, 2L, 3L), List.of("a", "b", "a", "b")),
        "its rows are out of order; put back the original file or remove");
  }

  private void assertRefused(List<Long> rows, String reason) throws IOException {
    ShardName name = new ShardName(0, 3);
    List<String> names = Collections.nCopies(rows.size(), "a");
    assertRefused(name, OddShard.bytes(folder, WRITER.writer(), name, rows, names), reason);
  }

  private void assertRefused(ShardName name, byte[] odd, String reason) throws IOException {
    ShardName next = new ShardName(name.last() + 1, name.last() + 1);
    List<ShardMerger.Source> sources =
        List.of(
            new ShardMerger.Source(Files.write(folder.resolve("odd"), odd), name),
            new ShardMerger.Source(
                Files.write(
                    folder.resolve("good"),
                    OddShard.bytes(
                        folder, WRITER.writer(), next, List.of(next.first()), List.of("a"))),
                next));
    try (ShardMerger merger = new ShardMerger()) {
      assertThatExceptionOfType(UnreadableSourceException.class)
          .isThrownBy(() -> merger.merge(folder.resolve("merged"), WRITER, Stream.METRICS, sources))
          .withMessageStartingWith(
              "Cannot read %s: %s".formatted(WRITER.shardKey("metrics", name), reason))
          .satisfies(e -> assertThat(e.source()).isEqualTo(name));
    }
  }
}
