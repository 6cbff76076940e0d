package io.ostraka.sim;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ostraka.FlushSettings;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.drain.Spool;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.KeySet;
import io.ostraka.journal.TimeBase;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A training process: a real journal, and beside it what every accepted row is. */
final class SimWriter {
  private static final int LARGE_TEXT = 70_000;

  final WriterKey key;
  final Path spool;
  private final SimWorld world;
  private final FaultyFileSystem files;
  private final Map<Stream, List<String>> rows = new EnumMap<>(Stream.class);
  private final List<Mark> marks = new ArrayList<>();
  private final List<Keys> metrics =
      List.of(
          new Keys(Stream.METRICS, List.of("loss")),
          new Keys(Stream.METRICS, List.of("loss", "accuracy")),
          new Keys(
              Stream.METRICS,
              IntStream.range(0, 40).mapToObj(number -> "layer/" + number).toList()));
  private final Keys system = new Keys(Stream.SYSTEM, List.of("cpu", "memory"));
  private final TimeBase clock;
  private @Nullable JournalWriter journal;
  private long step;
  private int values;

  /** Whether ranges may overlap in part: a decided one was forgotten while it was on its way. */
  boolean mayOverlap;

  /** Whether its end was told by somebody who did not know all of it. */
  boolean endMayLie;

  /** How many rows of each stream are sure to be published in the end. */
  private @Nullable Map<Stream, Integer> sure;

  /** Names that are logged together. */
  private record Keys(Stream stream, List<String> names, KeySet keySet) {
    Keys(Stream stream, List<String> names) {
      this(stream, names, new KeySet(stream, names));
    }
  }

  /** How far the journal was when it held so many rows. */
  private record Mark(long position, Map<Stream, Integer> rows) {}

  SimWriter(SimWorld world, WriterKey key, Path spool, Map<Path, Long> synced) {
    this.world = world;
    this.key = key;
    this.spool = spool;
    this.files = new FaultyFileSystem(synced);
    this.clock = new TimeBase(world.clock.instant().toEpochMilli(), world.ticks.get());
    for (Stream stream : Stream.values()) {
      rows.put(stream, new ArrayList<>());
    }
  }

  /** Begins, as a client does: folder and first card, then the journal. */
  void begin() throws IOException {
    ShardStore root = world.root();
    root.prepare(key.prefix());
    FlushSettings flush = new FlushSettings(1.0, 4096);
    Spool open = Spool.open(files.path(spool));
    JournalHeader header =
        new JournalHeader(
            key,
            root.root(),
            open.id(),
            "",
            clock,
            flush,
            Duration.ofSeconds(10),
            JournalHeader.Progress.start(),
            JsonNodeFactory.instance.objectNode().put("name", "sim"));
    int segment = 4096 + 4096 * world.random.nextInt(4);
    JournalLimits limits = new JournalLimits(16L * segment, Duration.ZERO, segment);
    if (world.chance(world.active().stop())) {
      files.faults().stopAfter(world.random.nextInt(60), false);
    }
    run(
        () -> {
          journal =
              JournalWriter.create(open.files(key.writer()), header, limits, world.ticks::get);
          mark();
        });
  }

  boolean alive() {
    return !files.faults().stopped();
  }

  JournalFiles journalFiles() {
    return new JournalFiles(spool, key.writer());
  }

  /** What its rows of a stream are, by row number. */
  List<String> rows(Stream stream) {
    return Objects.requireNonNull(rows.get(stream));
  }

  /** How many rows of a stream are in every root in the end, at the least. */
  int sure(Stream stream) {
    return sure == null ? rows(stream).size() : sure.getOrDefault(stream, 0);
  }

  /** Logs some records. */
  void log() {
    int records = 1 + world.random.nextInt(12);
    for (int i = 0; i < records && alive(); i++) {
      run(this::record);
    }
  }

  private void record() throws IOException {
    JournalWriter open = journal;
    if (open == null || !alive()) {
      return;
    }
    if (world.chance(world.active().disk() / 20)) {
      files.faults().failAfter(world.random.nextInt(3), "No space left on device");
    }
    world.pass(Duration.ofMillis(world.random.nextInt(30)));
    step += world.random.nextInt(10) == 0 ? -world.random.nextInt(20) : world.random.nextInt(3);
    long before = open.control().dropped();
    switch (world.random.nextInt(8)) {
      case 0 -> text(open, Stream.TEXTS, "note", before);
      case 1 -> text(open, Stream.CONSOLE, "stdout", before);
      case 2 -> values(open, system, before);
      case 3 -> card(open);
      default -> values(open, metrics.get(world.random.nextInt(3)), before);
    }
    mark();
  }

  private void values(JournalWriter open, Keys keys, long before) {
    double[] numbers = new double[keys.names().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = values++;
    }
    open.values(keys.keySet(), step, numbers);
    if (open.control().dropped() == before) {
      for (int i = 0; i < numbers.length; i++) {
        rows(keys.stream()).add(head(step) + keys.names().get(i) + "=" + numbers[i]);
      }
    }
  }

  private void text(JournalWriter open, Stream stream, String name, long before)
      throws IOException {
    boolean large = world.random.nextInt(20) == 0;
    String value = "text " + values++ + (large ? "x".repeat(LARGE_TEXT) : "");
    try {
      open.row(stream, OptionalLong.of(step), List.of(name, value));
    } catch (IOException e) {
      return; // The large text could not be written; nothing was appended.
    }
    if (open.control().dropped() == before) {
      rows(stream).add(head(step) + name + "=" + value);
    }
  }

  /** Step and time as a reader tells them. */
  private String head(long ofStep) {
    return ofStep + " " + clock.micros(world.ticks.get()) + " ";
  }

  private void card(JournalWriter open) {
    try {
      open.card(JsonNodeFactory.instance.objectNode().put("note", values++));
    } catch (IOException e) {
      world.note(key.writer() + ": a change of the card found no room");
    }
  }

  /** Ends the run as a program does, or dies. */
  void end(boolean orderly) {
    run(
        () -> {
          if (orderly && journal != null) {
            try {
              journal.end("finished", Optional.empty());
            } catch (IOException e) {
              world.note(key.writer() + ": no room for the close record");
            }
          }
        });
    stop();
  }

  void wantFlush() {
    run(
        () -> {
          if (journal != null) {
            journal.wantFlush();
          }
        });
  }

  /** Its process is gone. */
  void stop() {
    try {
      if (journal != null) {
        journal.close();
        journal = null;
      }
      files.end();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A power loss has destroyed the journal from a position on. */
  void cut(long position, Map<Stream, Integer> published) {
    Map<Stream, Integer> left = new EnumMap<>(published);
    for (Mark mark : marks) {
      if (mark.position() <= position) {
        mark.rows().forEach((stream, count) -> left.merge(stream, count, Math::max));
      }
    }
    sureAtMost(left);
  }

  /** Somebody else's copy goes on where this one does not. */
  void sureAtMost(Map<Stream, Integer> rowsLeft) {
    Map<Stream, Integer> less = new EnumMap<>(Stream.class);
    for (Stream stream : Stream.values()) {
      less.put(stream, Math.min(sure(stream), rowsLeft.getOrDefault(stream, 0)));
    }
    sure = less;
  }

  private void mark() {
    JournalWriter open = journal;
    if (open != null) {
      Map<Stream, Integer> counts = new EnumMap<>(Stream.class);
      rows.forEach((stream, list) -> counts.put(stream, list.size()));
      marks.add(new Mark(open.position(), counts));
    }
  }

  private void run(Act act) {
    try {
      act.run();
    } catch (ProcessStopped e) {
      world.note(key.writer() + " " + e.getMessage());
      stop();
    } catch (IOException e) {
      world.note(key.writer() + " cannot begin: " + e.getMessage());
      stop();
    }
  }

  private interface Act {
    void run() throws IOException;
  }
}
