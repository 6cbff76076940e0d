package io.ostraka.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ShardName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompactorTest {
  private static final ShardName WHOLE = new ShardName(0, 2999);

  @TempDir Path folder;
  private CompactionFixture writer;

  @BeforeEach
  void begin() {
    writer = new CompactionFixture(folder);
  }

  private static int[] tens(int count) {
    int[] tens = new int[count];
    Arrays.fill(tens, 10);
    return tens;
  }

  @Test
  void aFinishedStreamEndsAsOneShardAndItsSourcesGoAfterFifteenMinutes() throws IOException {
    writer.publish(0, tens(300));
    writer.end(3000);
    Compactor compactor = writer.compactor();

    CompactionResult merged = compactor.compact(CompactionFixture.WRITER);
    assertThat(merged.problems()).isEmpty();
    assertThat(merged.merges()).isEqualTo(1);
    assertThat(merged.sourcesMerged()).isEqualTo(300);
    assertThat(merged.waiting()).isEqualTo(300);
    assertThat(writer.shards()).hasSize(301).contains(WHOLE);
    writer.assertRows(3000);

    writer.pass(Duration.ofMinutes(15).minusNanos(1));
    assertThat(compactor.isDue(CompactionFixture.WRITER)).isFalse();
    assertThat(compactor.compact(CompactionFixture.WRITER).retired()).isZero();
    writer.pass(Duration.ofNanos(1));
    assertThat(compactor.isDue(CompactionFixture.WRITER)).isTrue();
    CompactionResult retired = compactor.compact(CompactionFixture.WRITER);
    assertThat(retired.retired()).isEqualTo(300);
    assertThat(retired.waiting()).isZero();
    assertThat(compactor.waiting()).isFalse();
    assertThat(writer.shards()).containsExactly(WHOLE);
    writer.assertRows(3000);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aStreamThatGoesOnIsMergedInWholeBlocks() throws IOException {
    writer.publish(0, tens(60));
    CompactionResult merged = writer.compactor().compact(CompactionFixture.WRITER);
    assertThat(merged.problems()).isEmpty();
    assertThat(writer.shards()).contains(new ShardName(0, 259), new ShardName(260, 519));
    assertThat(merged.merges()).isEqualTo(2);
    writer.assertRows(600);
  }
}
