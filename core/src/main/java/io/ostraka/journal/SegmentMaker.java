package io.ostraka.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Stream;
import io.ostraka.card.Card;
import io.ostraka.journal.JournalHeader.Progress;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.OptionalLong;

/** Makes the segments of a journal, each with the header by which it stands alone. */
final class SegmentMaker {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JournalFiles files;
  private final JournalHeader header;
  private final int segmentBytes;
  private final Bodies bodies;

  SegmentMaker(JournalFiles files, JournalHeader header, int segmentBytes, Bodies bodies) {
    this.files = files;
    this.header = header;
    this.segmentBytes = segmentBytes;
    this.bodies = bodies;
  }

  /**
   * Makes a segment with its header.
   *
   * @param rows how many rows of each stream, by its number, are in earlier segments
   * @param step the greatest step in those
   * @param card as it is now
   * @throws IOException if there is no room; nothing is left of the segment then
   */
  Segment begin(int number, long[] rows, OptionalLong step, Card card) throws IOException {
    EnumMap<Stream, Long> counts = new EnumMap<>(Stream.class);
    for (Stream stream : Stream.values()) {
      counts.put(stream, rows[stream.number()]);
    }
    ObjectNode fields = card.json();
    ObjectNode large = takeLargeFields(fields);
    JournalHeader here = header.at(new Progress(number, counts, step), fields);
    byte[] body = RecordBody.json(JournalFormat.HEADER, here.json(), bodies);
    Segment begun = Segment.create(files.segment(number), number, segmentBytes);
    try {
      if (!begun.hasRoom(body.length)) {
        begun.allocateFor(body.length);
      }
      begun.append(body);
      if (!large.isEmpty()) {
        begun.append(RecordBody.json(JournalFormat.CARD, large, bodies));
      }
      return begun;
    } catch (IOException e) {
      begun.discard();
      throw e;
    }
  }

  private static ObjectNode takeLargeFields(ObjectNode fields) throws JsonProcessingException {
    ObjectNode large = JsonNodeFactory.instance.objectNode();
    for (String name : List.of("config", "summary")) {
      if (fields.has(name)
          && JSON.writeValueAsBytes(fields.get(name)).length
              > JournalFormat.HEADER_CARD_LIMIT_BYTES) {
        large.set(name, fields.remove(name));
      }
    }
    return large;
  }
}
