package io.ostraka.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.shard.OddShard;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.FlakyShardStore.Moment;
import io.ostraka.store.Listing;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {
  private static final RunKey RUN = new RunKey("digits", "a");
  private static final WriterKey WRITER = new WriterKey(RUN, WriterId.of(0, 1));
  private static final WriterKey OTHER = new WriterKey(RUN, WriterId.of(1, 2));
  private static final Doctor.Progress SILENT =
      new Doctor.Progress() {
        @Override
        public void run(RunKey run, int number, int all) {}

        @Override
        public void read(long bytes) {}
      };

  @TempDir private Path folder = Path.of("");
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  private final MemoryShardStore memory = new MemoryShardStore(clock);

  /** Something that happens once, when a store is asked for something. */
  private interface Event {
    void happen() throws IOException;
  }

  @Test
  void whatCannotBeReadIsNamedAndTheRestIsExamined() throws IOException {
    shard(WRITER, 0, 9);
    shard(WRITER, 10, 19);
    shard(OTHER, 5, 9);
    end(WRITER, 20);
    end(OTHER, 10);
    ShardStore store =
        new FlakyShardStore(memory) {
          @Override
          public LocalCopy open(String key) throws IOException {
            if (key.equals(key(WRITER, 0, 9))) {
              throw new IOException("Cannot read " + key + ": no permission");
            }
            return super.open(key);
          }
        };
    assertThat(examine(store).findings())
        .extracting(finding -> finding.check() + " " + finding.key())
        .containsExactly("UNREADABLE " + key(WRITER, 0, 9), "GAP " + OTHER.streamPrefix("metrics"));
  }

  @Test
  void aProjectThatCannotBeListedIsNamed() throws IOException {
    shard(WRITER, 0, 9);
    FlakyShardStore store = new FlakyShardStore(memory).fail(2, Moment.BEFORE);
    Examination examination = examine(store);
    assertThat(examination.findings()).extracting(Finding::check).containsExactly(Check.UNREADABLE);
    assertThat(examination.findings().get(0).key()).isEqualTo("project=digits/");
  }

  @Test
  void shardsThatAreMergedUnderTheExaminationAreNotMissed() throws IOException {
    shard(WRITER, 0, 9);
    shard(WRITER, 10, 19);
    end(WRITER, 20);
    ShardStore store =
        whenFirstOpened(
            () -> {
              shard(WRITER, 0, 19);
              memory.delete(key(WRITER, 0, 9));
              memory.delete(key(WRITER, 10, 19));
            });
    Examination examination = examine(store);
    assertThat(examination.findings()).isEmpty();
    assertThat(examination.rows()).isEqualTo(20);
  }

  @Test
  void aListingThatIsNoSnapshotIsNotBelieved() throws IOException {
    shard(WRITER, 0, 9);
    shard(WRITER, 10, 19);
    end(WRITER, 20);
    ShardStore store =
        new FlakyShardStore(memory) {
          private boolean first = true;

          @Override
          public Listing list(String prefix) throws IOException {
            Listing whole = super.list(prefix);
            if (!first) {
              return whole;
            }
            first = false;
            List<StoredObject> without =
                whole.objects().stream().filter(o -> !o.key().equals(key(WRITER, 10, 19))).toList();
            return new Listing(without, whole.listedAt());
          }
        };
    assertThat(examine(store).findings()).isEmpty();
  }

  @Test
  void aWriterThatRunsIsNotRepaired() throws IOException {
    memory.replace(WRITER.cardKey(), bytes("{\"state\": \"running\", \"rank\": 0}"));
    shard(WRITER, 0, 9);
    shard(WRITER, 5, 19);
    memory.create(key(WRITER, 0, 999_999_999_999L), bytes("junk"));
    Examination examination = examine(memory);
    assertThat(examination.findings())
        .extracting(Finding::check)
        .containsExactly(Check.SHARD_JUNK, Check.PARTIAL_OVERLAP);
    assertThat(examination.findings()).allMatch(finding -> finding.remedy().isEmpty());

    clock.advance(Duration.ofMinutes(1)); // Now it is taken for crashed.
    assertThat(examine(memory).findings()).allMatch(finding -> finding.remedy().isPresent());
  }

  @Test
  void coveredShardsAreLeftAloneForADay() throws IOException {
    shard(WRITER, 0, 9);
    shard(WRITER, 10, 19);
    shard(WRITER, 0, 19);
    end(WRITER, 20);
    assertThat(examine(memory).findings()).isEmpty();
    clock.advance(Duration.ofHours(24));
    assertThat(examine(memory).findings()).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(examine(memory).findings())
        .extracting(Finding::check)
        .containsExactly(Check.COVERED_LEFT);
    repair(memory);
    assertThat(memory.listNames(WRITER.streamPrefix("metrics")))
        .containsExactly(new ShardName(0, 19).format());
  }

  @Test
  void aChainOfOverlapsIsMendedByOneShard() throws IOException {
    shard(WRITER, 0, 9);
    shard(WRITER, 5, 14);
    shard(WRITER, 12, 19);
    end(WRITER, 20);
    Map<Long, Integer> before = rows();
    assertThat(repair(memory)).hasSize(1).allMatch(step -> !step.failed());
    assertThat(memory.listNames(WRITER.streamPrefix("metrics")))
        .contains(new ShardName(0, 19).format());
    assertThat(examine(memory).findings()).isEmpty();
    assertThat(rows().keySet()).isEqualTo(before.keySet()).hasSize(20);
  }

  @Test
  void aRepairThatWasStoppedAnywhereIsDoneByTheNext() throws IOException {
    int calls = 40;
    for (int call = 1; call <= calls; call++) {
      for (Moment moment : List.of(Moment.BEFORE, Moment.AFTER)) {
        memory.list("").objects().forEach(object -> memory.delete(object.key()));
        shard(WRITER, 0, 9);
        shard(WRITER, 5, 19);
        shard(WRITER, 20, 29);
        shard(WRITER, 20, 39);
        memory.create(key(WRITER, 0, 999_999_999_999L), bytes("junk"));
        end(WRITER, 40);
        clock.advance(Duration.ofDays(2));
        Examination examination = examine(memory);
        FlakyShardStore flaky = new FlakyShardStore(memory).fail(call, moment);
        new Repair(flaky, folder.resolve("scratch")).apply(examination, step -> {});
        assertThat(rows()).hasSize(40);
        repair(memory);
        assertThat(rows()).hasSize(40);
        assertThat(memory.read("_doctor/" + key(WRITER, 0, 999_999_999_999L)))
            .asString(UTF_8)
            .isEqualTo("junk");
        assertThat(examine(memory).findings()).isEmpty();
      }
    }
  }

  private Examination examine(ShardStore store) throws IOException {
    return new Doctor(store, 2).examine(Optional.empty(), SILENT);
  }

  private List<Repair.Step> repair(ShardStore store) throws IOException {
    return new Repair(store, folder.resolve("scratch")).apply(examine(store), step -> {});
  }

  /** How many readable shards hold each row. */
  private Map<Long, Integer> rows() throws IOException {
    Map<Long, Integer> rows = new TreeMap<>();
    String prefix = WRITER.streamPrefix("metrics");
    for (String name : memory.listNames(prefix)) {
      ShardName range = ShardName.parse(name).orElseThrow();
      boolean isJunk = memory.read(prefix + name).length < 10;
      for (long row = range.first(); row <= range.last() && !isJunk; row++) {
        rows.merge(row, 1, Integer::sum);
      }
    }
    return rows;
  }

  private ShardStore whenFirstOpened(Event event) {
    return new FlakyShardStore(memory) {
      private boolean first = true;

      @Override
      public LocalCopy open(String key) throws IOException {
        synchronized (this) {
          if (first) {
            first = false;
            event.happen();
          }
        }
        return super.open(key);
      }
    };
  }

  private void shard(WriterKey writer, long first, long last) throws IOException {
    ShardName name = new ShardName(first, last);
    List<Long> rows = LongStream.rangeClosed(first, last).boxed().toList();
    List<String> names = Collections.nCopies(rows.size(), "loss");
    memory.create(
        key(writer, first, last), OddShard.bytes(folder, writer.writer(), name, rows, names));
  }

  private void end(WriterKey writer, long rows) throws IOException {
    String card = "{\"state\": \"finished\", \"rank\": %d, \"rows\": {\"metrics\": %d}}";
    memory.create(writer.endKey(), bytes(card.formatted(writer.writer().rank(), rows)));
  }

  private static String key(WriterKey writer, long first, long last) {
    return writer.shardKey(Stream.METRICS.folder(), new ShardName(first, last));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
