package io.ostraka.journal;

import static io.ostraka.journal.JournalFormat.VALUES_HEAD_BYTES;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Column;
import io.ostraka.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Makes the bodies of those records that are not written in place. */
final class RecordBody {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RecordBody() {}

  /** A record of JSON, which lies beside the journal if it is large. */
  static byte[] json(byte kind, ObjectNode json, Bodies bodies) throws IOException {
    byte[] text = JSON.writeValueAsBytes(json);
    boolean inBody = kind != JournalFormat.HEADER && text.length > JournalFormat.INLINE_LIMIT_BYTES;
    byte[] body = new byte[4 + (inBody ? JournalFormat.BODY_REFERENCE_BYTES : text.length)];
    body[0] = kind;
    if (inBody) {
      body[2] = JournalFormat.IN_BODY;
      bodies.write(text).put(body, 4);
    } else {
      System.arraycopy(text, 0, body, 4, text.length);
    }
    return body;
  }

  /**
   * The last record of a journal.
   *
   * @param failure why, for the state {@code failed}
   */
  static byte[] close(String state, Optional<String> failure, long ticks, Bodies bodies)
      throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("state", state);
    failure.ifPresent(message -> json.put("failure", message));
    json.put("ticks", ticks);
    return json(JournalFormat.CLOSE, json, bodies);
  }

  /** A row of texts, of which large ones lie beside the journal. */
  static byte[] row(Stream stream, OptionalLong step, long ticks, List<String> cells, Bodies bodies)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] head = new byte[VALUES_HEAD_BYTES];
    head[0] = JournalFormat.ROW;
    head[1] = (byte) stream.number();
    head[2] = step.isPresent() ? 0 : JournalFormat.NO_STEP;
    JournalFormat.LONG.set(head, 8, step.orElse(0));
    JournalFormat.LONG.set(head, 16, ticks);
    body.writeBytes(head);
    int column = 0;
    for (Column declared : stream.columns()) {
      writeText(body, declared, cells.get(column++), bodies);
    }
    return body.toByteArray();
  }

  private static void writeText(
      ByteArrayOutputStream body, Column column, String cell, Bodies bodies) throws IOException {
    if (column.type() == Column.Type.DOUBLE) {
      throw new IllegalArgumentException("Column " + column.name() + " is a number");
    }
    byte[] text = cell.getBytes(StandardCharsets.UTF_8);
    byte[] length = new byte[4];
    boolean inBody = text.length > JournalFormat.INLINE_LIMIT_BYTES;
    JournalFormat.INT.set(length, 0, inBody ? JournalFormat.BODY_REFERENCE : text.length);
    body.writeBytes(length);
    if (inBody) {
      byte[] reference = new byte[JournalFormat.BODY_REFERENCE_BYTES];
      bodies.write(text).put(reference, 0);
      body.writeBytes(reference);
    } else {
      body.writeBytes(text);
    }
  }

  /** The declaration of a key set, of which the number is filled in later. */
  static byte[] keySet(KeySet keySet) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] head = new byte[12];
    head[0] = JournalFormat.KEY_SET;
    JournalFormat.INT.set(head, 8, keySet.size());
    body.writeBytes(head);
    for (String name : keySet.names) {
      byte[] text = name.getBytes(StandardCharsets.UTF_8);
      body.write(text.length);
      body.write(text.length >> 8);
      body.writeBytes(text);
    }
    return body.toByteArray();
  }
}
