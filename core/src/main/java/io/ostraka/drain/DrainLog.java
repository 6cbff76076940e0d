package io.ostraka.drain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.journal.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The record of decided ranges beside a journal, held by one drainer at a time. A seal is durable
 * when {@link #seal} returns. Not safe for threads.
 */
final class DrainLog implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHECKSUM = ",\"crc\"";

  private final FileChannel channel;
  private final List<Seal> seals = new ArrayList<>();
  private final long[] nextRows = new long[Stream.numberLimit()];
  private int published;

  private DrainLog(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * A decided range of every stream.
   *
   * @param end the position in the journal where it ends; it begins where the one before ended
   * @param rows the rows of each stream that has any in it
   */
  record Seal(long end, Map<Stream, ShardName> rows) {}

  /** Opens the record for the only drainer; nothing if another holds it. */
  static Optional<DrainLog> lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        DrainLog log = new DrainLog(channel);
        log.read();
        return Optional.of(log);
      }
    } catch (OverlappingFileLockException e) {
      // Another drainer of this very process holds it.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  /** Whether no range was ever decided. */
  boolean isEmpty() {
    return seals.isEmpty();
  }

  /** How many of them, from the first on, are known to be published. */
  int published() {
    return published;
  }

  /** Where the ranges that are known to be published end. */
  long publishedEnd() {
    return published == 0 ? 0 : seals.get(published - 1).end();
  }

  /** The first row number that no range holds yet. */
  long nextRow(Stream stream) {
    return nextRows[stream.number()];
  }

  /** Says where numbering begins when there is no record of ranges. */
  void startRows(Stream stream, long first) {
    nextRows[stream.number()] = first;
  }

  /** The oldest decided range that is not known to be published, if there is one. */
  Optional<Seal> unpublished() {
    return published < seals.size() ? Optional.of(seals.get(published)) : Optional.empty();
  }

  /** Decides a range, durably. */
  void seal(Seal seal) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seal", seals.size());
    json.put("segment", Position.segment(seal.end()));
    json.put("offset", Position.offset(seal.end()));
    ObjectNode rows = json.putObject("rows");
    seal.rows()
        .forEach(
            (stream, name) -> rows.putArray(stream.folder()).add(name.first()).add(name.last()));
    long before = channel.position();
    try {
      append(json);
      channel.force(true);
    } catch (IOException e) {
      channel.truncate(before);
      throw e;
    }
    add(seal);
  }

  /** Notes that the next unpublished range is in the store. */
  void markPublished() throws IOException {
    append(JsonNodeFactory.instance.objectNode().put("published", published));
    published++;
  }

  private void add(Seal seal) {
    seals.add(seal);
    seal.rows().forEach((stream, name) -> nextRows[stream.number()] = name.last() + 1);
  }

  private void append(ObjectNode json) throws IOException {
    String line = JSON.writeValueAsString(json);
    String open = line.substring(0, line.length() - 1);
    String whole = "%s%s:\"%s\"}\n".formatted(open, CHECKSUM, checksum(open));
    ByteBuffer buffer = ByteBuffer.wrap(whole.getBytes(StandardCharsets.UTF_8));
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private void read() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) channel.size());
    while (buffer.hasRemaining() && channel.read(buffer) > 0) {
      // reads on
    }
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    int whole = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', whole)) {
      if (!accept(text.substring(whole, end))) {
        break;
      }
      whole = end + 1;
    }
    // What a crash left half written is written anew.
    channel.truncate(text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length);
    channel.position(channel.size());
  }

  private boolean accept(String line) throws IOException {
    int at = line.lastIndexOf(CHECKSUM);
    if (at < 0) {
      return false;
    }
    String expected = "%s:\"%s\"}".formatted(CHECKSUM, checksum(line.substring(0, at)));
    if (!line.substring(at).equals(expected)) {
      return false;
    }
    JsonNode json = JSON.readTree(line);
    if (json.has("published")) {
      published = json.get("published").asInt() + 1;
      return true;
    }
    EnumMap<Stream, ShardName> rows = new EnumMap<>(Stream.class);
    for (Stream stream : Stream.values()) {
      JsonNode range = json.path("rows").path(stream.folder());
      if (range.isArray()) {
        rows.put(stream, new ShardName(range.get(0).asLong(), range.get(1).asLong()));
      }
    }
    add(new Seal(Position.of(json.path("segment").asInt(), json.path("offset").asInt()), rows));
    return true;
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
