package io.ostraka.drain;

import static io.ostraka.drain.JournalFixture.WRITER;
import static io.ostraka.drain.JournalFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.FlushSettings;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.compact.CompactionSettings;
import io.ostraka.store.FlakyShardStore.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionKeeperTest {
  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  @Test
  void aRunThatGoesOnHasFewShardsAndAFinishedOneHasOne() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 1 << 20));
        CompactionKeeper keeper = keeper(run)) {
      int most = 0;
      try (Drainer drainer = run.open()) {
        keeper.begin(drainer);
        for (int part = 0; part < 300; part++) {
          run.log(part * 20L, part * 20L + 20);
          publish(drainer);
          keeper.look();
          run.pass(Duration.ofSeconds(10));
          most = Math.max(most, run.shards(Stream.METRICS).size());
        }
        assertThat(said).anyMatch(line -> line.startsWith("compacted digits/"));
        assertThat(most).as("shards, those in their 15 minutes included").isLessThan(200);
        end(run, keeper, drainer);
      }
      keeper.look();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(6000));
      assertThat(keeper.isBusy()).as("waits to retire").isTrue();
      run.pass(Duration.ofMinutes(15));
      keeper.look();
      assertThat(run.shards(Stream.METRICS)).containsExactly(new ShardName(0, 11_999));
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(6000));
      assertThat(keeper.isBusy()).isFalse();
    }
    assertThat(filesIn(folder)).containsExactly("id");
  }

  @Test
  void whatAKilledAgentLeftToMergeIsTakenUpByTheNextOne() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 1 << 20))) {
      try (CompactionKeeper killed = keeper(run);
          Drainer drainer = run.open()) {
        killed.begin(drainer);
        for (int part = 0; part < 5; part++) {
          run.log(part * 20L, part * 20L + 20);
          publish(drainer);
        }
        end(run, killed, drainer);
      }
      assertThat(run.shards(Stream.METRICS)).hasSize(5);
      assertThat(filesIn(folder)).containsExactly("compact." + WRITER.writer(), "id");
      try (CompactionKeeper next = keeper(run)) {
        next.look();
        run.pass(Duration.ofMinutes(16));
        next.look();
      }
      assertThat(run.shards(Stream.METRICS)).containsExactly(new ShardName(0, 199));
      assertThat(filesIn(folder)).containsExactly("id");
    }
  }

  @Test
  void aRootThatIsAwayIsSaidOnceAndKeepsNoAgentFromEnding() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 1 << 20));
        CompactionKeeper keeper = keeper(run)) {
      try (Drainer drainer = run.open()) {
        keeper.begin(drainer);
        run.log(0, 20);
        publish(drainer);
        int calls = run.store.calls().size();
        for (int call = calls + 1; call < calls + 100; call++) {
          run.store.fail(call, Moment.BEFORE);
        }
        keeper.ended(WRITER.writer());
        for (int i = 0; i < 5; i++) {
          keeper.look();
          run.pass(Duration.ofMinutes(6));
        }
      }
      assertThat(said).hasSize(1);
      assertThat(said.get(0)).contains("cannot compact digits/").contains("made to fail");
      assertThat(keeper.isBusy()).isFalse();
      assertThat(filesIn(folder)).contains("compact." + WRITER.writer());
    }
  }

  private CompactionKeeper keeper(JournalFixture run) {
    CompactionSettings compaction =
        new CompactionSettings(run.ticks::get, Duration.ofMinutes(15), new Semaphore(1));
    return new CompactionKeeper(run.spool, "test", run.settings(), compaction, said::add);
  }

  private static void publish(Drainer drainer) throws IOException {
    while (drainer.publishNow() == Drainer.Outcome.WORKED) {
      // until all is published
    }
  }

  private static void end(JournalFixture run, CompactionKeeper keeper, Drainer drainer)
      throws IOException {
    run.journal.end("finished", Optional.empty());
    run.alive = false;
    publish(drainer);
    keeper.ended(WRITER.writer());
  }

  private static List<String> filesIn(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
