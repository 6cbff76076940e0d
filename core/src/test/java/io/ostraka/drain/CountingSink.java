package io.ostraka.drain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Stream;
import io.ostraka.journal.JournalSink;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import java.util.EnumMap;
import java.util.Map;

/** Keeps everything that a journal's reader reads. */
final class CountingSink implements JournalSink {
  private final Map<Stream, RowBuffer> rows = new EnumMap<>(Stream.class);
  private final NameTable names = new NameTable();

  @Override
  public RowBuffer rows(Stream stream) {
    return rows.computeIfAbsent(stream, unused -> new RowBuffer(stream, names));
  }

  @Override
  public void card(ObjectNode change) {}

  @Override
  public void close(ObjectNode state) {}
}
