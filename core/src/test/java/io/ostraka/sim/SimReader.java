package io.ostraka.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.CatalogFollower;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.Watermark;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.shard.ShardReader;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** A reader that follows a run by its watermark, and checks that it sees each row once. */
final class SimReader {
  private final RunKey run;
  private final ShardStore store;
  private final Catalog catalog;
  private final CatalogFollower follower;
  private final Map<WriterId, SimWriter> writers;
  private final Map<Stream, Map<WriterId, NavigableMap<Long, String>>> seen =
      new EnumMap<>(Stream.class);
  private final Map<Stream, List<String>> shapes = new EnumMap<>(Stream.class);
  private Watermark watermark = Watermark.none();
  private boolean missed = true;

  SimReader(RunKey run, ShardStore store, Map<WriterId, SimWriter> writers) {
    this.run = run;
    this.store = store;
    this.catalog = new Catalog(store);
    this.follower = new CatalogFollower(catalog, run.project());
    this.writers = writers;
  }

  /** Takes in what is new. */
  void poll() throws IOException {
    if (!follower.poll().contains(run) && !missed) {
      return;
    }
    missed = true;
    try {
      missed = read();
    } catch (NoSuchFileException e) {
      missed = read(); // Merged and removed since it was listed.
    }
  }

  /** How many rows of a stream it has seen, each once. */
  long taken(WriterId writer, Stream stream) {
    return seen(stream).getOrDefault(writer, new TreeMap<>()).size();
  }

  private Map<WriterId, NavigableMap<Long, String>> seen(Stream stream) {
    return seen.computeIfAbsent(stream, unused -> new TreeMap<>());
  }

  /** Reads, and says whether something had to be left out. */
  private boolean read() throws IOException {
    RunSnapshot now = catalog.run(run);
    for (Stream stream : Stream.values()) {
      boolean goesOn = shape(now, stream).equals(shapes.get(stream));
      Watermark from = goesOn ? watermark : Watermark.none();
      Map<WriterId, NavigableMap<Long, String>> fresh = new TreeMap<>();
      for (WriterSnapshot writer : now.writers()) {
        fresh.put(writer.key().writer(), rowsAbove(from, writer, stream));
      }
      Map<WriterId, NavigableMap<Long, String>> all = seen(stream);
      if (!goesOn) {
        all.clear(); // It shows the new ones in place of what it has shown.
      }
      fresh.forEach((writer, rows) -> add(rows, all.computeIfAbsent(writer, w -> new TreeMap<>())));
      all.forEach((writer, rows) -> check(writer, stream, rows));
      take(now, stream);
    }
    return !now.problems().isEmpty();
  }

  private void take(RunSnapshot now, Stream stream) {
    for (WriterSnapshot writer : now.writers()) {
      for (LiveShard shard : writer.shards(stream)) {
        watermark = watermark.with(writer.key().writer(), stream, shard.name().last());
      }
    }
    watermark = Watermark.parse(watermark.format());
    shapes.put(stream, shape(now, stream));
  }

  /**
   * Which rows there are up to the watermark: others if a gap was filled since, or a new one is
   * there.
   */
  private List<String> shape(RunSnapshot now, Stream stream) {
    List<String> shape = new ArrayList<>();
    for (WriterSnapshot writer : now.writers()) {
      WriterId id = writer.key().writer();
      long upTo = watermark.row(id, stream);
      long next = 0;
      for (LiveShard shard : writer.shards(stream)) {
        long last = Math.min(shard.name().last(), upTo);
        if (shard.fromRow() <= last) {
          if (shard.fromRow() != next) {
            shape.add(id + " " + next + " " + shard.fromRow());
          }
          next = last + 1;
        }
      }
      shape.add(id + " " + next);
    }
    shape.removeIf(line -> line.endsWith(" 0"));
    return shape;
  }

  private NavigableMap<Long, String> rowsAbove(Watermark from, WriterSnapshot writer, Stream stream)
      throws IOException {
    long next = from.row(writer.key().writer(), stream) + 1;
    NavigableMap<Long, String> fresh = new TreeMap<>();
    for (LiveShard shard : writer.shards(stream)) {
      long first = Math.max(shard.fromRow(), next);
      if (shard.name().last() >= first) {
        add(rows(store, shard.key(), shard.name(), stream).tailMap(first, true), fresh);
      }
    }
    return fresh;
  }

  private static void add(Map<Long, String> rows, Map<Long, String> all) {
    rows.forEach(
        (row, cells) -> {
          if (all.put(row, cells) != null) {
            throw new AssertionError("row " + row + " is read twice");
          }
        });
  }

  private void check(WriterId writer, Stream stream, NavigableMap<Long, String> rows) {
    List<String> expected = Objects.requireNonNull(writers.get(writer)).rows(stream);
    rows.forEach(
        (row, cells) -> {
          if (row >= expected.size() || !expected.get((int) (long) row).equals(cells)) {
            String logged = row < expected.size() ? expected.get((int) (long) row) : "nothing";
            throw new AssertionError(
                "row %d of %s of %s is %s, and %s was logged"
                    .formatted(row, stream, writer, cells, logged));
          }
        });
  }

  /** The rows of a shard by number. */
  private static NavigableMap<Long, String> rows(
      ShardStore store, String key, ShardName name, Stream stream) throws IOException {
    NavigableMap<Long, String> rows = new TreeMap<>();
    try (LocalCopy copy = store.open(key);
        ShardReader reader = ShardReader.open(copy.path(), key)) {
      while (reader.next()) {
        String step = reader.hasStep() ? reader.step() + " " : "";
        String value = stream.isSeries() ? Double.toString(reader.real(1)) : reader.text(1);
        String cells = step + reader.timeMicros() + " " + reader.name() + "=" + value;
        if (rows.put(reader.row(), cells) != null) {
          throw new AssertionError("row %d is twice in %s".formatted(reader.row(), key));
        }
      }
    }
    assertThat(rows).as("rows of %s", key).hasSize((int) name.rows());
    return rows;
  }
}
