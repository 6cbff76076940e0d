package io.ostraka.drain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.card.Card;
import io.ostraka.journal.JournalHeader;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The card of a writer as its drainer writes it: what the writer knows, and what only the drainer
 * does.
 */
public final class WriterCard {
  private final JournalHeader header;
  private Card fields;

  /** Begins with the card of a segment's header. */
  public WriterCard(JournalHeader header) {
    this.header = header;
    this.fields = Card.of(header.card());
  }

  void merge(ObjectNode change) {
    fields = fields.merge(change);
  }

  /**
   * The card of a writer that goes on.
   *
   * @param state {@code running} or {@code stalled}
   */
  public byte[] running(String state, long dropped, Instant now) {
    ObjectNode json = json(state, dropped, now);
    return Card.of(json).bytes();
  }

  byte[] ended(
      String state,
      Optional<String> failure,
      Instant finished,
      long dropped,
      Instant now,
      ObjectNode rows,
      MetricSummaries summaries) {
    ObjectNode json = json(state, dropped, now);
    json.put("finished_at", text(finished));
    failure.ifPresent(message -> json.put("failure", message));
    json.set("rows", rows);
    summaries
        .lastStep()
        .ifPresentOrElse(step -> json.put("last_step", step), () -> json.putNull("last_step"));
    json.set("metrics", summaries.json());
    return Card.of(json).bytes();
  }

  private ObjectNode json(String state, long dropped, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", Card.FORMAT);
    json.put("writer", header.writer().writer().text());
    json.put("project", header.writer().run().project());
    json.put("run", header.writer().run().run());
    json.setAll(fields.json());
    json.putObject("flush")
        .put("seconds", header.flush().seconds())
        .put("bytes", header.flush().bytes());
    json.put("heartbeat_seconds", header.heartbeat().toMillis() / 1000.0);
    json.put("heartbeat_at", text(now));
    json.put("dropped", dropped);
    json.put("state", state);
    return json;
  }

  private static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
