package io.ostraka.drain;

import static io.ostraka.drain.JournalFixture.WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.ostraka.FlushSettings;
import io.ostraka.card.Card;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a drainer does otherwise where the root is no folder. */
class DrainToBucketTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void theFirstLookWritesTheFirstCard() throws IOException {
    try (JournalFixture run = new JournalFixture(folder);
        Drainer drainer = run.open()) {
      drainer.look();
      assertThat(Card.parse(run.memory.read(WRITER.cardKey())).name()).contains("mlp-64");
    }
  }

  @Test
  void rowsWaitATenthInTheFirstMinuteAndTheWholeTimeLater() throws IOException {
    FlushSettings slow = new FlushSettings(10, 1 << 20);
    try (JournalFixture run = new JournalFixture(folder, slow);
        Drainer drainer = run.open()) {
      assertThat(waits(run, drainer)).isEqualTo(Duration.ofSeconds(1));
      run.pass(Duration.ofMinutes(1));
      assertThat(waits(run, drainer)).isEqualTo(Duration.ofSeconds(10));
    }
  }

  /** How long rows wait until they are published, in whole seconds. */
  private static Duration waits(JournalFixture run, Drainer drainer) throws IOException {
    int before = shards(run);
    run.log(0, 1);
    drainer.look();
    for (int seconds = 0; ; seconds++) {
      if (shards(run) > before) {
        return Duration.ofSeconds(seconds);
      }
      run.pass(Duration.ofSeconds(1));
      drainer.look();
    }
  }

  private static int shards(JournalFixture run) {
    return run.memory.list(WRITER.streamPrefix("metrics")).objects().size();
  }

  @Test
  void aRunThatWasPurgedIsNotWrittenAgain() throws IOException {
    try (JournalFixture run = new JournalFixture(folder);
        Drainer drainer = run.open()) {
      run.log(0, 10);
      drainer.publishNow();
      run.memory
          .list(WRITER.run().prefix())
          .objects()
          .forEach(object -> run.memory.delete(object.key()));
      run.log(10, 20);
      run.pass(Duration.ofSeconds(11));
      assertThatIOException()
          .isThrownBy(drainer::publishNow)
          .withMessageContaining("the run was deleted");
      assertThat(run.memory.list("").objects()).isEmpty();
    }
  }
}
