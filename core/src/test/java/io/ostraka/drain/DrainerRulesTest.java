package io.ostraka.drain;

import static io.ostraka.drain.JournalFixture.WRITER;
import static io.ostraka.drain.JournalFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.ostraka.FlushSettings;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.store.FlakyShardStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules of the format that keep a drainer from losing or doubling rows, one test each. */
final class DrainerRulesTest {
  @TempDir private Path folder;

  @Test
  void aRangeIsPublishedOnlyOnceTheOneBeforeIsIn() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      String first = WRITER.shardKey("metrics", new ShardName(0, 9));
      boolean[] away = {true};
      run.store =
          new FlakyShardStore(run.memory) {
            @Override
            public void publish(String key, Path sealed) throws IOException {
              if (away[0] && key.equals(first)) {
                throw new IOException("this one is not taken");
              }
              super.publish(key, sealed);
            }
          };
      try (Drainer drainer = run.open()) {
        run.log(0, 5);
        drainer.look();
        run.pass(Duration.ofSeconds(2));
        assertThatIOException().isThrownBy(drainer::look);
        run.log(5, 50);
        run.pass(Duration.ofSeconds(2));
        assertThatIOException().isThrownBy(drainer::look);
        assertThat(run.shards(Stream.METRICS)).isEmpty();
        away[0] = false;
        drainer.publishNow();
        drainer.publishNow();
      }
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(50));
      assertThat(run.shards(Stream.METRICS)).contains(new ShardName(0, 9));
    }
  }

  @Test
  void withoutARecordWhatLiesBehindAGapOfTheListingIsPublishedAnew() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      try (Drainer drainer = run.open()) {
        for (int begin = 0; begin < 30; begin += 10) {
          run.log(begin, begin + 10);
          drainer.publishNow();
          drainer.publishNow();
        }
      }
      run.memory.delete(WRITER.shardKey("metrics", new ShardName(20, 39)));
      Files.delete(run.files.drain());
      run.alive = false;
      run.drain();
      assertThat(run.shards(Stream.METRICS))
          .contains(new ShardName(0, 19), new ShardName(20, 59))
          .doesNotContain(new ShardName(20, 39));
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(30));
    }
  }

  @Test
  void aNameThatHoldsSomethingElseIsNoShardAndNoRowIsDroppedForIt() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      String key = WRITER.shardKey("metrics", new ShardName(0, 19));
      run.memory.create(key, "no shard".getBytes(StandardCharsets.UTF_8));
      run.log(0, 10);
      run.alive = false;
      assertThatIOException().isThrownBy(run::drain).withMessageContaining(key);
      assertThatIOException().isThrownBy(run::drain).withMessageContaining(key);
      run.memory.delete(key);
      assertThat(run.drain()).isEqualTo(Drainer.Outcome.GONE);
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(10));
    }
  }

  @Test
  void theFirstLastCardStands() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      byte[] first = "{\"format\": 1, \"state\": \"finished\"}".getBytes(StandardCharsets.UTF_8);
      run.memory.create(WRITER.endKey(), first);
      run.log(0, 10);
      run.alive = false;
      assertThat(run.drain()).isEqualTo(Drainer.Outcome.GONE);
      assertThat(run.memory.read(WRITER.endKey())).isEqualTo(first);
    }
  }

  @Test
  void theLastCardComesAfterTheLastRows() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 10);
      run.journal.end("finished", Optional.empty());
      run.drain();
      List<String> calls = run.store.calls();
      assertThat(calls.indexOf("create " + WRITER.endKey()))
          .isGreaterThan(
              calls.indexOf("publish " + WRITER.shardKey("metrics", new ShardName(0, 19))));
    }
  }

  @Test
  void aLargeValueThatIsLostEndsADeadWritersJournalAndHoldsNothingUp() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 1 << 20))) {
      run.log(0, 10);
      run.journal.row(Stream.TEXTS, OptionalLong.of(9), List.of("note", "x".repeat(70_000)));
      run.log(10, 20);
      Files.delete(run.files.body(0));
      run.alive = false;
      assertThat(run.drain()).isEqualTo(Drainer.Outcome.GONE);
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(10));
      assertThat(run.card(WRITER.endKey()).path("failure").asText()).contains("Bad record");
    }
  }

  @Test
  void aClockThatJumpsBackADayChangesNoRowAndHoldsNothingUp() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      try (Drainer drainer = run.open()) {
        run.log(0, 10);
        drainer.look();
        run.clock.advance(Duration.ofDays(-1));
        run.log(10, 20);
        run.pass(Duration.ofSeconds(2));
        drainer.look();
      }
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(20));
    }
  }

  @Test
  void everyFlippedBitOfAHeaderIsFound() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 10);
      byte[] whole = Files.readAllBytes(run.files.segment(0));
      run.alive = false;
      for (int bit = 0; bit < 8 * 64; bit++) {
        byte[] damaged = Arrays.copyOf(whole, 1 << 16);
        damaged[bit / 8] ^= (byte) (1 << bit % 8);
        Files.write(run.files.segment(0), damaged);
        assertThatIOException().as("bit %d", bit).isThrownBy(run::open);
      }
      Files.write(run.files.segment(0), Arrays.copyOf(whole, 1 << 16));
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(10));
    }
  }
}
