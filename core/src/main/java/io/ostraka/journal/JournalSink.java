package io.ostraka.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Stream;
import io.ostraka.shard.RowBuffer;
import org.jspecify.annotations.Nullable;

/** Takes in what a {@link JournalReader} reads, in the order in which it was written. */
public interface JournalSink {
  /** Where rows of a stream go, or null to leave them out. */
  @Nullable RowBuffer rows(Stream stream);

  /** A change of the card. */
  void card(ObjectNode change);

  /** The writer's last word: {@code state} and perhaps {@code failure}. */
  void close(ObjectNode state);
}
