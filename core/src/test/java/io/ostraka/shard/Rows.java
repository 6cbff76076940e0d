package io.ostraka.shard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Stream;
import io.ostraka.card.Card;
import io.ostraka.journal.JournalSink;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps everything that a journal's reader reads, and tells what is in it. */
public final class Rows implements JournalSink {
  private final Map<Stream, RowBuffer> buffers = new EnumMap<>(Stream.class);
  private final NameTable names;
  private ObjectNode card;
  private @Nullable ObjectNode close;

  /** Begins with a card; {@code names} are those that the reader was given. */
  public Rows(NameTable names, ObjectNode card) {
    this.names = names;
    this.card = card;
  }

  @Override
  public RowBuffer rows(Stream stream) {
    return buffers.computeIfAbsent(stream, unused -> new RowBuffer(stream, names));
  }

  @Override
  public void card(ObjectNode change) {
    card = Card.of(card).merge(change).json();
  }

  @Override
  public void close(ObjectNode state) {
    close = state;
  }

  /** The card with all changes. */
  public ObjectNode card() {
    return card;
  }

  /** The last record. */
  public @Nullable ObjectNode closed() {
    return close;
  }

  /** The value of a row in a column: a text or a number. */
  public Object cell(Stream stream, int row, int column) {
    RowBuffer rows = rows(stream);
    RowBuffer.ColumnBuffer values = rows.column(column);
    if (values instanceof RowBuffer.NameBuffer buffer) {
      return names.name(buffer.numbers[row]);
    }
    if (values instanceof RowBuffer.TextBuffer buffer) {
      return new String(buffer.texts[row], StandardCharsets.UTF_8);
    }
    return ((RowBuffer.RealBuffer) values).values[row];
  }
}
