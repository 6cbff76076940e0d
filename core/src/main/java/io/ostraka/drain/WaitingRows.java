package io.ostraka.drain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.journal.JournalSink;
import io.ostraka.journal.TimeBase;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a journal and is not published yet, and the writer's last word once it was read.
 * Not safe for threads.
 */
final class WaitingRows implements JournalSink {
  private final NameTable names;
  private final LongSupplier ticks;
  private final Consumer<ObjectNode> cardChanges;
  private final Map<Stream, Long> published = new EnumMap<>(Stream.class);
  private Map<Stream, RowBuffer> rows = new EnumMap<>(Stream.class);
  private long since;
  private boolean again;
  private boolean passing;
  private @Nullable ObjectNode close;

  /**
   * Nothing yet.
   *
   * @param ticks the monotonic clock, in nanoseconds
   * @param cardChanges takes the changes of the card
   */
  WaitingRows(NameTable names, LongSupplier ticks, Consumer<ObjectNode> cardChanges) {
    this.names = names;
    this.ticks = ticks;
    this.cardChanges = cardChanges;
  }

  @Override
  public @Nullable RowBuffer rows(Stream stream) {
    if (passing) {
      return null;
    }
    RowBuffer buffer = rows.get(stream);
    if (buffer == null) {
      if (rows.isEmpty() && !again) {
        since = ticks.getAsLong();
      }
      buffer = new RowBuffer(stream, names);
      rows.put(stream, buffer);
    }
    return buffer;
  }

  @Override
  public void card(ObjectNode change) {
    cardChanges.accept(change);
  }

  @Override
  public void close(ObjectNode last) {
    close = last;
  }

  /** Whether rows are left out for now: they are published. */
  void passing(boolean pass) {
    passing = pass;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** How many rows of all streams there are. */
  long count() {
    long count = 0;
    for (RowBuffer buffer : rows.values()) {
      count += buffer.size();
    }
    return count;
  }

  /** About how much memory the rows take, in bytes. */
  long memoryBytes() {
    long bytes = 0;
    for (RowBuffer buffer : rows.values()) {
      bytes += buffer.memoryBytes();
    }
    return bytes;
  }

  /** The tick of the first row's arrival. */
  long since() {
    return since;
  }

  /** The rows of a stream, as they came, if there are any. */
  Optional<RowBuffer> of(Stream stream) {
    return Optional.ofNullable(rows.get(stream));
  }

  /** Has the next rows of a stream left out, which are published although no record says so. */
  void markPublished(Stream stream, long count) {
    if (count > 0) {
      published.put(stream, count);
    } else {
      published.remove(stream);
    }
  }

  /** Leaves out what was marked as published, and streams of which no row could be read. */
  void dropPublished() {
    rows.forEach(
        (stream, buffer) -> {
          long left = published.getOrDefault(stream, 0L);
          int dropped = (int) Math.min(left, buffer.size());
          buffer.dropFirst(dropped);
          published.put(stream, left - dropped);
        });
    rows.values().removeIf(buffer -> buffer.size() == 0);
    published.values().removeIf(left -> left == 0);
  }

  /** The ranges that the rows get when they are sealed now. */
  Map<Stream, ShardName> ranges(DrainLog log) {
    EnumMap<Stream, ShardName> ranges = new EnumMap<>(Stream.class);
    rows.forEach(
        (stream, buffer) -> {
          long first = log.nextRow(stream);
          ranges.put(stream, new ShardName(first, first + buffer.size() - 1));
        });
    return ranges;
  }

  /** The parts of decided ranges whose rows are here. */
  Map<Stream, ShardName> partsOf(Map<Stream, ShardName> decided) {
    EnumMap<Stream, ShardName> parts = new EnumMap<>(Stream.class);
    decided.forEach(
        (stream, range) ->
            of(stream)
                .ifPresent(
                    buffer -> {
                      long last = range.first() + buffer.size() - 1;
                      parts.put(stream, new ShardName(range.first(), last));
                    }));
    return parts;
  }

  /** Forgets the rows, which are published. */
  void clear() {
    rows = new EnumMap<>(Stream.class);
    again = false;
  }

  /** Forgets rows that are read again, and so wait since their first arrival. */
  void letGo() {
    again |= !rows.isEmpty();
    rows = new EnumMap<>(Stream.class);
  }

  /** The state of the close record, if it was read. */
  Optional<String> closeState() {
    return text("state");
  }

  /** The failure of the close record, if it has one. */
  Optional<String> failure() {
    return text("failure");
  }

  /** The time of the close record, or another one without it. */
  Instant closedAt(TimeBase clock, Instant otherwise) {
    if (close == null || !close.path("ticks").isIntegralNumber()) {
      return otherwise;
    }
    return Instant.ofEpochMilli(clock.micros(close.path("ticks").longValue()) / 1000);
  }

  private Optional<String> text(String field) {
    return close != null && close.path(field).isTextual()
        ? Optional.of(close.path(field).textValue())
        : Optional.empty();
  }
}
