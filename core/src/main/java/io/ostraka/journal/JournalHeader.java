package io.ostraka.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.FlushSettings;
import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The first record of a segment.
 *
 * @param writer whose journal it is
 * @param root the root that the rows are for, an absolute URI
 * @param spool the id of the spool that it was written in
 * @param boot the machine's boot id, or empty where there is none
 * @param clock how ticks become times
 * @param flush when waiting rows are sealed
 * @param heartbeat how often the writer's beat moves
 * @param progress where the numbering stands at the segment's start
 * @param card the card's fields that the writer knows, a private copy
 */
public record JournalHeader(
    WriterKey writer,
    URI root,
    String spool,
    String boot,
    TimeBase clock,
    FlushSettings flush,
    Duration heartbeat,
    Progress progress,
    ObjectNode card) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Where the numbering stands at the start of a segment.
   *
   * @param segment the segment's number, from 0
   * @param rows rows of each stream in earlier segments, every stream in it
   * @param step the greatest step in earlier segments, if any
   */
  public record Progress(int segment, Map<Stream, Long> rows, OptionalLong step) {
    /** Keeps its own copy. */
    public Progress {
      EnumMap<Stream, Long> all = new EnumMap<>(Stream.class);
      for (Stream stream : Stream.values()) {
        all.put(stream, rows.getOrDefault(stream, 0L));
      }
      rows = all;
    }

    /** The start of a journal. */
    public static Progress start() {
      return new Progress(0, Map.of(), OptionalLong.empty());
    }
  }

  /** The same header at the start of another segment. */
  JournalHeader at(Progress where, ObjectNode cardNow) {
    return new JournalHeader(writer, root, spool, boot, clock, flush, heartbeat, where, cardNow);
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", JournalFormat.VERSION);
    json.put("writer", writer.writer().text());
    json.put("project", writer.run().project());
    json.put("run", writer.run().run());
    json.put("root", root.toString());
    json.put("spool", spool);
    json.put("boot", boot);
    json.putObject("clock").put("wall_ms", clock.wallMillis()).put("ticks_ns", clock.ticksNanos());
    json.put("segment", progress.segment());
    ObjectNode rows = json.putObject("rows");
    progress.rows().forEach((stream, count) -> rows.put(stream.folder(), count));
    progress.step().ifPresentOrElse(step -> json.put("step", step), () -> json.putNull("step"));
    json.putObject("flush").put("seconds", flush.seconds()).put("bytes", flush.bytes());
    json.put("heartbeat_seconds", heartbeat.toMillis() / 1000.0);
    json.set("card", card);
    return json;
  }

  /**
   * What {@link #read} found.
   *
   * @param end where the next record begins
   */
  record Read(JournalHeader header, int end) {}

  /**
   * Reads the header of the segment that a window is at the start of.
   *
   * @param segment which one that is
   * @throws NoSuchFileException if there is none yet
   * @throws StreamCorruptedException if it is damaged, or only partly there yet
   */
  static Read read(SegmentWindow window, Path segment) throws IOException {
    int at = JournalFormat.RECORDS_START;
    int body = at + JournalFormat.RECORD_HEAD_BYTES;
    int lengthWord =
        window.fill(0, body) && JournalFormat.isMagic(window.bytes(), window.length())
            ? (int) JournalFormat.INT.get(window.bytes(), at)
            : 0;
    if (lengthWord == 0) {
      throw new NoSuchFileException(segment.toString(), null, "no header yet");
    }
    int length = lengthWord & JournalFormat.LENGTH_MASK;
    boolean whole =
        (lengthWord & ~JournalFormat.LENGTH_MASK) == JournalFormat.LENGTH_TAG
            && length >= 4
            && window.fill(0, body + length);
    if (!whole || !window.hasChecksum(at, length) || window.bytes()[body] != JournalFormat.HEADER) {
      throw new StreamCorruptedException(
          "The header of the journal %s is damaged; its files are kept".formatted(segment));
    }
    if (!(JSON.readTree(window.bytes(), body + 4, length - 4) instanceof ObjectNode json)) {
      throw new ShardFormatException("The header of " + segment + " is no object");
    }
    return new Read(parse(json, segment.toString()), at + JournalFormat.recordBytes(length));
  }

  private static JournalHeader parse(ObjectNode json, String where) throws ShardFormatException {
    int format = json.path("format").asInt(0);
    if (format != JournalFormat.VERSION) {
      throw new ShardFormatException(
          "Cannot read the journal %s: format %d, this build reads %d; publish it with the version of ostraka that wrote it"
              .formatted(where, format, JournalFormat.VERSION));
    }
    try {
      EnumMap<Stream, Long> rows = new EnumMap<>(Stream.class);
      for (Stream stream : Stream.values()) {
        rows.put(stream, json.path("rows").path(stream.folder()).asLong(0));
      }
      JsonNode step = json.path("step");
      JsonNode clock = json.path("clock");
      JsonNode flush = json.path("flush");
      return new JournalHeader(
          new WriterKey(
              new RunKey(text(json, "project"), text(json, "run")),
              new WriterId(text(json, "writer"))),
          URI.create(text(json, "root")),
          json.path("spool").asText(""),
          json.path("boot").asText(""),
          new TimeBase(clock.path("wall_ms").asLong(), clock.path("ticks_ns").asLong()),
          new FlushSettings(
              flush.path("seconds").asDouble(FlushSettings.FOLDER.seconds()),
              flush.path("bytes").asLong(FlushSettings.FOLDER.bytes())),
          Duration.ofMillis(Math.round(1000 * json.path("heartbeat_seconds").asDouble(10))),
          new Progress(
              json.path("segment").asInt(),
              rows,
              step.isIntegralNumber() ? OptionalLong.of(step.longValue()) : OptionalLong.empty()),
          json.path("card") instanceof ObjectNode card
              ? card
              : JsonNodeFactory.instance.objectNode());
    } catch (IllegalArgumentException e) {
      throw new ShardFormatException(
          "Cannot read the journal %s: its header is wrong: %s".formatted(where, e.getMessage()),
          e);
    }
  }

  private static String text(ObjectNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("field \"" + field + "\" is missing");
    }
    return value.textValue();
  }
}
