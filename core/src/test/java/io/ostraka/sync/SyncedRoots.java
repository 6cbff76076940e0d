package io.ostraka.sync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
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
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Two roots in memory, and a writer in the first whose rows are known: row n has n + 0.5. */
final class SyncedRoots {
  static final RunKey RUN = new RunKey("p", "r");
  static final WriterKey WRITER = new WriterKey(RUN, new WriterId("r000000-9f1c0a77d2e4b581"));
  static final WriterKey OTHER = new WriterKey(RUN, new WriterId("r000001-9f1c0a77d2e4b581"));

  final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  final MemoryShardStore source = new MemoryShardStore(clock);
  final MemoryShardStore target = new MemoryShardStore(clock);
  private final Map<ShardName, byte[]> made = new HashMap<>();
  private final Path folder;

  /** Roots of a test. */
  SyncedRoots(Path folder) {
    this.folder = folder;
  }

  /** The settings of one job, so that calls come in the same order each time. */
  SyncSettings settings() {
    return new SyncSettings(1, false, false, false, clock);
  }

  SyncSettings verifying() {
    return new SyncSettings(1, true, false, false, clock);
  }

  SyncSettings deleting() {
    return new SyncSettings(1, false, true, false, clock);
  }

  SyncResult sync() throws IOException, InterruptedException {
    return sync(source, target, settings());
  }

  static SyncResult sync(ShardStore source, ShardStore target, SyncSettings settings)
      throws IOException, InterruptedException {
    try (Sync sync = new Sync(source, target, settings, new Unheard())) {
      return sync.run(SyncScope.ALL);
    }
  }

  /** A run of two writers: one of three shards and a large blob that has ended, one that runs. */
  void log() throws IOException {
    card(source, WRITER, 1);
    publish(0, 100, 200, 50);
    String blob = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.txt";
    source.create(WRITER.prefix() + "files/" + blob, utf8("test"));
    end(350);
    card(source, OTHER, 1);
    source.create(OTHER.shardKey("metrics", new ShardName(0, 9)), shard(OTHER, 0, 9));
  }

  /** Publishes shards of the writer that follow one another, each of so many rows. */
  void publish(long first, int... rows) throws IOException {
    long next = first;
    for (int count : rows) {
      source.create(key(next, next + count - 1), shard(next, next + count - 1));
      next += count;
    }
  }

  static void card(ShardStore store, WriterKey writer, int minute) throws IOException {
    String beat = "2026-11-21T10:%02d:00Z".formatted(minute);
    store.replace(
        writer.cardKey(), utf8("{\"state\":\"running\",\"heartbeat_at\":\"" + beat + "\"}"));
  }

  /** Says that the writer has ended after so many rows. */
  void end(long rows) throws IOException {
    source.create(
        WRITER.endKey(), utf8("{\"state\":\"finished\",\"rows\":{\"metrics\":" + rows + "}}"));
  }

  static String key(long first, long last) {
    return WRITER.shardKey("metrics", new ShardName(first, last));
  }

  /** The bytes of a shard of the writer. */
  byte[] shard(long first, long last) throws IOException {
    ShardName name = new ShardName(first, last);
    byte[] before = made.get(name);
    if (before != null) {
      return before.clone();
    }
    byte[] bytes = shard(WRITER, first, last);
    made.put(name, bytes);
    return bytes.clone();
  }

  private byte[] shard(WriterKey writer, long first, long last) throws IOException {
    RowBuffer rows = new RowBuffer(Stream.METRICS, new NameTable());
    for (long row = first; row <= last; row++) {
      rows.addRow(true, row / 2, row * 1000, List.of(utf8(row % 2 == 0 ? "a" : "b"), row + 0.5));
    }
    Path file = Files.createTempFile(folder, "shard", ".parquet");
    try (ShardWriter made = new ShardWriter()) {
      made.write(file, writer.writer(), first, rows);
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  /** What a reader of a root reads of the writer: each row's value, none of them twice. */
  static Map<Long, Double> rows(ShardStore store) throws IOException {
    Map<Long, Double> rows = new TreeMap<>();
    RunSnapshot run;
    try {
      run = new Catalog(store).run(RUN);
    } catch (NoSuchFileException e) {
      return rows;
    }
    for (var writer : run.writers()) {
      for (LiveShard shard : writer.shards(Stream.METRICS)) {
        if (writer.key().equals(WRITER)) {
          read(store, shard, rows);
        }
      }
    }
    return rows;
  }

  private static void read(ShardStore store, LiveShard shard, Map<Long, Double> rows)
      throws IOException {
    try (LocalCopy copy = store.open(shard.key());
        ShardReader reader = ShardReader.open(copy.path(), shard.key())) {
      while (reader.next()) {
        if (reader.row() >= shard.fromRow()) {
          assertThat(rows.put(reader.row(), reader.real(1))).as("row %d", reader.row()).isNull();
        }
      }
    }
  }

  /** Checks that a reader of the target reads each row below a number once, as it was. */
  void assertRows(long count) throws IOException {
    assertThat(rows(target)).isEqualTo(expected(count));
  }

  /**
   * Checks that a reader of the target reads rows of the writer as they were, each once, and all of
   * them if it is told that the writer has ended.
   */
  void assertHonest(long count) throws IOException {
    Map<Long, Double> rows = rows(target);
    assertThat(expected(count).entrySet()).containsAll(rows.entrySet());
    if (target.exists(WRITER.endKey())) {
      assertThat(rows).hasSize((int) count);
    }
  }

  private static Map<Long, Double> expected(long count) {
    Map<Long, Double> expected = new TreeMap<>();
    for (long row = 0; row < count; row++) {
      expected.put(row, row + 0.5);
    }
    return expected;
  }

  /** Everything in a root that is not derived, as texts of bytes. */
  static Map<String, String> objects(ShardStore store) throws IOException {
    Map<String, String> objects = new TreeMap<>();
    for (StoredObject object : store.list("").objects()) {
      if (!object.key().contains("/_")) {
        objects.put(object.key(), new String(store.read(object.key()), ISO_8859_1));
      }
    }
    return objects;
  }

  static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  /** Nobody listens. */
  static final class Unheard implements SyncProgress {
    @Override
    public void planned(int objects, long bytes) {}

    @Override
    public void done(long bytes) {}

    @Override
    public void failed(String why) {}
  }
}
