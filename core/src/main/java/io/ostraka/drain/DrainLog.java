package io.ostraka.drain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HexFormat;
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

  private static final int SHORTEN_BYTES = 64 << 10;

  private final FileChannel channel;
  private final Path base;
  private final Deque<Seal> unpublished = new ArrayDeque<>();
  private final long[] nextRows = new long[Stream.numberLimit()];
  private final long[] publishedRows = new long[Stream.numberLimit()];
  private int published;
  private long publishedEnd;
  private boolean empty = true;

  private DrainLog(FileChannel channel, Path base) {
    this.channel = channel;
    this.base = base;
  }

  /**
   * A decided range of every stream.
   *
   * @param end the position in the journal where it ends; it begins where the one before ended
   * @param rows the rows of each stream that has any in it
   */
  record Seal(long end, Map<Stream, ShardName> rows) {}

  /** Opens the record for the only drainer; nothing if another holds it. */
  static Optional<DrainLog> lock(JournalFiles files) throws IOException {
    FileChannel channel =
        FileChannel.open(
            files.drain(),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        DrainLog log = new DrainLog(channel, files.drainBase());
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

  /** Whether nothing is known: no range was ever decided, or the record is lost. */
  boolean isEmpty() {
    return empty;
  }

  /** How many ranges, from the first on, are known to be published. */
  int published() {
    return published;
  }

  /** Where the ranges that are known to be published end. */
  long publishedEnd() {
    return publishedEnd;
  }

  /** The first row number that no range holds yet. */
  long nextRow(Stream stream) {
    return nextRows[stream.number()];
  }

  /** The first row number that no range holds which is known to be published. */
  long publishedRow(Stream stream) {
    return publishedRows[stream.number()];
  }

  /**
   * Begins anew, durably, where the store is known to be: the record was lost, or a power loss took
   * rows of decided ranges from the journal.
   *
   * @param end up to where the journal is published
   * @param next the first row of each stream that is not published
   */
  void restart(long end, Map<Stream, Long> next) throws IOException {
    int count = published + unpublished.size();
    long[] rows = publishedRows.clone();
    next.forEach((stream, row) -> rows[stream.number()] = row);
    // Nothing is believed before it is durable: a disk that is full would have it forgotten.
    writeBase(count, end, rows);
    channel.truncate(0);
    published = count;
    unpublished.clear();
    publishedEnd = end;
    System.arraycopy(rows, 0, publishedRows, 0, rows.length);
    System.arraycopy(rows, 0, nextRows, 0, rows.length);
    empty = false;
  }

  /** The oldest decided range that is not known to be published, if there is one. */
  Optional<Seal> unpublished() {
    return Optional.ofNullable(unpublished.peek());
  }

  /** Decides a range, durably. */
  void seal(Seal seal) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seal", published + unpublished.size());
    json.put("segment", Position.segment(seal.end()));
    json.put("offset", Position.offset(seal.end()));
    ObjectNode rows = json.putObject("rows");
    seal.rows()
        .forEach(
            (stream, name) -> rows.putArray(stream.folder()).add(name.first()).add(name.last()));
    append(json, true);
    add(seal);
  }

  /** Notes that the next unpublished range is in the store. */
  void markPublished() throws IOException {
    append(JsonNodeFactory.instance.objectNode().put("published", published), false);
    takePublished();
  }

  /**
   * Makes durable what is published, before its part of the journal goes: without both the range
   * would have to be published again and could not.
   */
  void sync() throws IOException {
    channel.force(true);
  }

  /** Forgets the lines of published ranges once they are many. */
  void shorten() throws IOException {
    if (unpublished.isEmpty() && channel.position() >= SHORTEN_BYTES) {
      writeBase(published, publishedEnd, publishedRows);
      channel.truncate(0);
    }
  }

  private void add(Seal seal) {
    empty = false;
    unpublished.add(seal);
    seal.rows().forEach((stream, name) -> nextRows[stream.number()] = name.last() + 1);
  }

  private void takePublished() {
    Seal seal = unpublished.remove();
    seal.rows().forEach((stream, name) -> publishedRows[stream.number()] = name.last() + 1);
    publishedEnd = seal.end();
    published++;
  }

  /** What all ranges up to now come to, in a file of its own, whole or not at all. */
  private void writeBase(int count, long end, long[] rowsPublished) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("base", count);
    json.put("segment", Position.segment(end));
    json.put("offset", Position.offset(end));
    ObjectNode rows = json.putObject("rows");
    for (Stream stream : Stream.values()) {
      rows.put(stream.folder(), rowsPublished[stream.number()]);
    }
    Path hidden = base.resolveSibling("." + base.getFileName());
    try (FileChannel file =
        FileChannel.open(
            hidden,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(file, line(json));
      file.force(true);
    }
    Files.move(hidden, base, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel folder = FileChannel.open(base.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /** Adds a line, or none if that fails. */
  private void append(ObjectNode json, boolean durably) throws IOException {
    long before = channel.position();
    try {
      write(channel, line(json));
      if (durably) {
        channel.force(true);
      }
    } catch (IOException e) {
      channel.truncate(before);
      throw e;
    }
  }

  private static String line(ObjectNode json) throws IOException {
    String line = JSON.writeValueAsString(json);
    String open = line.substring(0, line.length() - 1);
    return "%s%s:\"%s\"}\n".formatted(open, CHECKSUM, checksum(open));
  }

  private static void write(FileChannel file, String line) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
  }

  private void read() throws IOException {
    readBase();
    ByteBuffer buffer = ByteBuffer.allocate((int) channel.size());
    while (buffer.hasRemaining() && channel.read(buffer) > 0) {
      // reads on
    }
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    int whole = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', whole)) {
      Optional<JsonNode> json = parse(text.substring(whole, end));
      if (json.isEmpty()) {
        break;
      }
      accept(json.get());
      whole = end + 1;
    }
    // What a crash left half written is written anew.
    channel.truncate(text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length);
    channel.position(channel.size());
  }

  private void readBase() throws IOException {
    String text;
    try {
      text = Files.readString(base).stripTrailing();
    } catch (NoSuchFileException e) {
      return;
    }
    Optional<JsonNode> json = parse(text);
    if (json.isEmpty()) {
      channel.truncate(0); // a damaged record is a lost one
      return;
    }
    published = json.get().path("base").asInt();
    publishedEnd = position(json.get());
    for (Stream stream : Stream.values()) {
      publishedRows[stream.number()] = json.get().path("rows").path(stream.folder()).asLong();
    }
    System.arraycopy(publishedRows, 0, nextRows, 0, nextRows.length);
    empty = false;
  }

  /** The JSON of a line, if the line is whole. */
  private static Optional<JsonNode> parse(String line) throws IOException {
    int at = line.lastIndexOf(CHECKSUM);
    if (at < 0) {
      return Optional.empty();
    }
    String expected = "%s:\"%s\"}".formatted(CHECKSUM, checksum(line.substring(0, at)));
    return line.substring(at).equals(expected)
        ? Optional.of(JSON.readTree(line))
        : Optional.empty();
  }

  /** Takes in a line; one that the base tells already was about to be removed. */
  private void accept(JsonNode json) {
    if (json.has("published")) {
      if (json.get("published").asInt() == published && !unpublished.isEmpty()) {
        takePublished();
      }
      return;
    }
    if (json.path("seal").asInt() != published + unpublished.size()) {
      return;
    }
    EnumMap<Stream, ShardName> rows = new EnumMap<>(Stream.class);
    for (Stream stream : Stream.values()) {
      JsonNode range = json.path("rows").path(stream.folder());
      if (range.isArray()) {
        rows.put(stream, new ShardName(range.get(0).asLong(), range.get(1).asLong()));
      }
    }
    add(new Seal(position(json), rows));
  }

  private static long position(JsonNode json) {
    return Position.of(json.path("segment").asInt(), json.path("offset").asInt());
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
