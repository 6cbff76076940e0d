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

  private static final int SHORTEN_BYTES = 48 << 10;

  /** Zeros behind the last line, in place of which lines come: also on a disk that is full. */
  private static final int ROOM_BYTES = 16 << 10;

  private final FileChannel channel;
  private final Path base;
  private final Deque<Seal> unpublished = new ArrayDeque<>();
  private final long[] nextRows = new long[Stream.numberLimit()];
  private final long[] publishedRows = new long[Stream.numberLimit()];
  private int published;
  private long publishedEnd;
  private boolean empty = true;

  /** Where the last line ends in the file. */
  private long end;

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
   * @param publishedTo up to where the journal is published
   * @param next the first row of each stream that is not published
   */
  void restart(long publishedTo, Map<Stream, Long> next) throws IOException {
    int count = published + unpublished.size();
    long[] rows = publishedRows.clone();
    next.forEach((stream, row) -> rows[stream.number()] = row);
    // Nothing is believed before it is durable: a disk that is full would have it forgotten.
    writeBase(count, publishedTo, rows);
    removeLines();
    published = count;
    unpublished.clear();
    publishedEnd = publishedTo;
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

  /**
   * Forgets the lines of published ranges once they are many, and if the disk has room for what
   * they come to; otherwise another time.
   */
  void shorten() throws IOException {
    if (!unpublished.isEmpty() || end < SHORTEN_BYTES) {
      return;
    }
    try {
      writeBase(published, publishedEnd, publishedRows);
    } catch (IOException e) {
      return;
    }
    removeLines();
  }

  /** Puts zeros in the place of all lines. Of those that a crash leaves, the base knows more. */
  private void removeLines() throws IOException {
    fillWithZeros(0, end);
    end = 0;
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
  private void writeBase(int count, long publishedTo, long[] rowsPublished) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("base", count);
    json.put("segment", Position.segment(publishedTo));
    json.put("offset", Position.offset(publishedTo));
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
      write(file, 0, line(json));
      file.force(true);
    }
    Files.move(hidden, base, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel folder = FileChannel.open(base.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /** Adds a line, or none if that fails. */
  private void append(ObjectNode json, boolean durably) throws IOException {
    keepRoom();
    ByteBuffer line = line(json);
    int bytes = line.remaining();
    try {
      write(channel, end, line);
      if (durably) {
        channel.force(true);
      }
    } catch (IOException e) {
      fillWithZeros(end, end + bytes);
      throw e;
    }
    end += bytes;
  }

  /** Has room for the next lines, as long as there is any. */
  private void keepRoom() {
    try {
      long size = channel.size();
      if (size - end < ROOM_BYTES / 2) {
        write(channel, size, ByteBuffer.allocate((int) (end + ROOM_BYTES - size)));
      }
    } catch (IOException e) {
      // Whether there is room for the line itself is seen when it is written.
    }
  }

  /** Only where bytes are already, which takes no room. */
  private void fillWithZeros(long from, long to) throws IOException {
    long there = Math.min(to, channel.size());
    if (from < there) {
      write(channel, from, ByteBuffer.allocate((int) (there - from)));
    }
  }

  private static ByteBuffer line(ObjectNode json) throws IOException {
    String line = JSON.writeValueAsString(json);
    String open = line.substring(0, line.length() - 1);
    return StandardCharsets.UTF_8.encode(
        "%s%s:\"%s\"}\n".formatted(open, CHECKSUM, checksum(open)));
  }

  private static void write(FileChannel file, long from, ByteBuffer bytes) throws IOException {
    long at = from;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  private void read() throws IOException {
    readBase();
    ByteBuffer buffer = ByteBuffer.allocate((int) channel.size());
    while (buffer.hasRemaining() && channel.read(buffer) > 0) {
      // reads on
    }
    // One character a byte: lines are ASCII, and what a crash left may be anything.
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
    int whole = 0;
    for (int to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', whole)) {
      Optional<JsonNode> json = parse(text.substring(whole, to));
      if (json.isEmpty()) {
        break;
      }
      accept(json.get());
      whole = to + 1;
    }
    end = whole;
    fillWithZeros(end, text.length() - zerosAtTheEnd(text));
  }

  private static int zerosAtTheEnd(String text) {
    int zeros = 0;
    while (zeros < text.length() && text.charAt(text.length() - zeros - 1) == 0) {
      zeros++;
    }
    return zeros;
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
      fillWithZeros(0, channel.size()); // a damaged record is a lost one
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
