package io.ostraka.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import java.io.IOException;
import java.nio.file.Path;
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
}
