package io.ostraka.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.ShardReader;
import io.ostraka.shard.ShardWriter;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** A writer in a store in memory whose rows are known: the value of row n is n + 0.5. */
final class CompactionFixture {
  static final WriterKey WRITER =
      new WriterKey(new RunKey("p", "r"), new WriterId("r000003-9f1c0a77d2e4b581"));

  final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  final MemoryShardStore memory = new MemoryShardStore(clock);
  final AtomicLong ticks = new AtomicLong(-1_000_000_000L);
  final Path folder;

  CompactionFixture(Path folder) {
    this.folder = folder;
    memory.replace(WRITER.cardKey(), utf8("{\"state\":\"running\",\"heartbeat_seconds\":86400}"));
  }

  CompactionSettings settings() {
    return new CompactionSettings(ticks::get, CompactionSettings.RETIRE_AFTER, new Semaphore(1));
  }

  Compactor compactor(ShardStore store) {
    return new Compactor(store, folder, settings());
  }

  Compactor compactor() {
    return compactor(memory);
  }

  void pass(Duration time) {
    ticks.addAndGet(time.toNanos());
    clock.advance(time);
  }

  /** Publishes shards that follow one another, each of so many rows. */
  void publish(long first, int... rows) throws IOException {
    long next = first;
    for (int count : rows) {
      publish(new ShardName(next, next + count - 1));
      next += count;
    }
  }

  void publish(ShardName name) throws IOException {
    memory.create(key(name), bytes(name));
  }

  /** The bytes of a shard with these rows. */
  byte[] bytes(ShardName name) throws IOException {
    RowBuffer rows = new RowBuffer(Stream.METRICS, new NameTable());
    for (long row = name.first(); row <= name.last(); row++) {
      rows.addRow(true, row / 2, row * 1000, List.of(utf8(row % 2 == 0 ? "a" : "b"), row + 0.5));
    }
    Path file = Files.createTempFile(folder, "shard", ".parquet");
    try (ShardWriter writer = new ShardWriter()) {
      assertThat(writer.write(file, WRITER.writer(), name.first(), rows)).isEqualTo(name);
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  /** Says that the writer has ended after so many rows. */
  void end(long rows) throws IOException {
    memory.create(
        WRITER.endKey(), utf8("{\"state\":\"finished\",\"rows\":{\"metrics\":" + rows + "}}"));
  }

  static String key(ShardName name) {
    return WRITER.shardKey("metrics", name);
  }

  /** Everything with a shard's name that is there. */
  List<ShardName> shards() {
    String prefix = WRITER.streamPrefix("metrics");
    return memory.list(prefix).objects().stream()
        .map(object -> ShardName.parse(object.key().substring(prefix.length())).orElseThrow())
        .toList();
  }

  /** What a reader reads: each row's value. */
  Map<Long, Double> rows() throws IOException {
    Map<Long, Double> rows = new TreeMap<>();
    RunSnapshot run = new Catalog(memory).run(WRITER.run());
    for (LiveShard shard : run.writers().get(0).shards(Stream.METRICS)) {
      try (LocalCopy copy = memory.open(shard.key());
          ShardReader reader = ShardReader.open(copy.path(), shard.key())) {
        while (reader.next()) {
          if (reader.row() >= shard.fromRow()) {
            assertThat(rows.put(reader.row(), reader.real(1))).isNull();
          }
        }
      }
    }
    return rows;
  }

  /** Checks that a reader reads each row below a number once, as it was. */
  void assertRows(long count) throws IOException {
    Map<Long, Double> expected = new TreeMap<>();
    for (long row = 0; row < count; row++) {
      expected.put(row, row + 0.5);
    }
    assertThat(rows()).isEqualTo(expected);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
