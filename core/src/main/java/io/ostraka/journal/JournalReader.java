package io.ostraka.journal;

import static io.ostraka.journal.JournalFormat.LONG;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Column;
import io.ostraka.ShardFormatException;
import io.ostraka.Stream;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal forward, also while its writer lives. Reads by calls and not through a mapping:
 * of ten mapped journals the touched pages would count as the reader's memory, and a file that
 * someone cuts short cannot end the process.
 *
 * <p>Not safe for threads.
 */
public final class JournalReader implements AutoCloseable {
  /** The size of a segment, in bytes. */
  public static final long SEGMENT_BYTES = JournalFormat.SEGMENT_BYTES;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JournalFiles files;
  private final NameTable names;
  private final Bodies bodies;
  private final SegmentWindow window = new SegmentWindow();
  private List<int[]> keySets = new ArrayList<>();
  private final NavigableMap<Integer, Integer> lastBodies = new TreeMap<>();
  private final long[] rows = new long[Stream.numberLimit()];
  private int lastBody = -1;
  private int segment;
  private int offset;
  private JournalHeader header;
  private boolean closed;
  private @Nullable String bad;

  private JournalReader(JournalFiles files, NameTable names, int segment) throws IOException {
    this.files = files;
    this.names = names;
    this.bodies = new Bodies(files);
    try {
      this.header = enter(segment);
      header.progress().rows().forEach((stream, count) -> rows[stream.number()] = count);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens a journal at the first segment that is there.
   *
   * @param names takes the names of the rows
   * @throws NoSuchFileException if there is no segment, or none with a header yet
   * @throws StreamCorruptedException if the header is damaged, or only partly there yet
   * @throws ShardFormatException if the journal is of another format
   */
  public static JournalReader open(JournalFiles files, NameTable names) throws IOException {
    return new JournalReader(files, names, segments(files).get(0));
  }

  private static List<Integer> segments(JournalFiles files) throws IOException {
    List<Integer> segments = files.segments();
    if (segments.isEmpty()) {
      throw new NoSuchFileException(files.segment(0).toString(), null, "no journal");
    }
    return segments;
  }

  /**
   * Opens a journal at the last segment that is there, for who asks where it has come to. Throws as
   * {@link #open} does.
   */
  public static JournalReader openLast(JournalFiles files, NameTable names) throws IOException {
    List<Integer> segments = segments(files);
    int last = segments.size() - 1;
    try {
      return new JournalReader(files, names, segments.get(last));
    } catch (NoSuchFileException e) {
      if (last == 0) {
        throw e;
      }
      return new JournalReader(files, names, segments.get(last - 1)); // the last one is being made
    }
  }

  /** The header of the segment that is being read. */
  public JournalHeader header() {
    return header;
  }

  /** Up to where everything was read. */
  public long position() {
    return Position.of(segment, offset);
  }

  /** How many rows of a stream lie before the position, counted from the writer's start. */
  public long rows(Stream stream) {
    return rows[stream.number()];
  }

  /** Whether the close record was read; nothing follows it. */
  public boolean closed() {
    return closed;
  }

  /**
   * Why the record at the position cannot be read, or nothing. While the writer lives its bytes may
   * still be on their way: read again.
   */
  public Optional<String> bad() {
    return Optional.ofNullable(bad);
  }

  /**
   * Reads on, record by record.
   *
   * @param stopAt ends when this position is reached
   * @param maxBytes ends when so many bytes were read, by one record more at most
   * @return the number of bytes read, 0 if nothing is there (yet)
   */
  public long read(JournalSink sink, long stopAt, long maxBytes) throws IOException {
    long read = 0;
    bad = null;
    while (read < maxBytes && position() < stopAt && !closed) {
      int taken = readRecord(sink);
      if (taken == 0) {
        break;
      }
      read += taken;
    }
    return read;
  }

  /** A place that was read up to, for {@link #reset}. */
  public static final class Mark {
    private final int segment;
    private final int offset;
    private final JournalHeader header;
    private final List<int[]> keySets;
    private final int keySetCount;
    private final long[] rows;
    private final int lastBody;

    private Mark(JournalReader reader) {
      segment = reader.segment;
      offset = reader.offset;
      header = reader.header;
      keySets = reader.keySets;
      keySetCount = keySets.size();
      rows = reader.rows.clone();
      lastBody = reader.lastBody;
    }
  }

  /** The place up to which everything was read. */
  public Mark mark() {
    return new Mark(this);
  }

  /**
   * Goes back to a place of this reader, whose segment is still there, and reads on from it.
   *
   * @throws IOException if the segment cannot be opened; the place is as before then
   */
  public void reset(Mark mark) throws IOException {
    if (mark.segment != segment) {
      window.open(files.segment(mark.segment));
      segment = mark.segment;
    }
    offset = mark.offset;
    header = mark.header;
    keySets = mark.keySets;
    keySets.subList(mark.keySetCount, keySets.size()).clear();
    System.arraycopy(mark.rows, 0, rows, 0, rows.length);
    lastBody = mark.lastBody;
    window.forget();
    closed = false;
    bad = null;
  }

  /** Gives back the memory that reading on will take again. */
  public void rest() {
    window.rest();
  }

  /**
   * The number of the last large value that records of earlier segments refer to, of those that
   * this reader went through; -1 if there is none.
   */
  public int lastBodyBefore(int segmentNumber) {
    Map.Entry<Integer, Integer> before = lastBodies.lowerEntry(segmentNumber);
    return before == null ? -1 : before.getValue();
  }

  private int readRecord(JournalSink sink) throws IOException {
    int at = offset;
    if (at + JournalFormat.RECORD_HEAD_BYTES > JournalFormat.SEGMENT_BYTES) {
      return fail("the segment has no end record");
    }
    if (!window.hasHead(at)) {
      return 0;
    }
    int lengthWord = (int) JournalFormat.INT.get(window.bytes(), window.index(at));
    int length = lengthWord & JournalFormat.LENGTH_MASK;
    if ((lengthWord & ~JournalFormat.LENGTH_MASK) != JournalFormat.LENGTH_TAG
        || length < 4
        || at + JournalFormat.RECORD_HEAD_BYTES + length > JournalFormat.SEGMENT_BYTES) {
      return fail("the length is wrong");
    }
    if (!window.fill(at, JournalFormat.RECORD_HEAD_BYTES + length)) {
      return fail("the segment ends within the record");
    }
    if (!window.hasChecksum(at, length)) {
      return fail("the checksum is wrong");
    }
    int taken = JournalFormat.recordBytes(length);
    int body = window.index(at) + JournalFormat.RECORD_HEAD_BYTES;
    try {
      if (window.bytes()[body] == JournalFormat.NEXT) {
        header = follow(at);
        sink.card(header.card()); // what had found no room before is in it
      } else {
        accept(sink, body, length);
        offset = at + taken;
      }
    } catch (IndexOutOfBoundsException
        | JsonProcessingException
        | NoSuchFileException
        | StreamCorruptedException e) {
      return fail("its content is not as described: " + e.getMessage());
    }
    return taken;
  }

  /** Goes to the next segment, or stays where it is. */
  private JournalHeader follow(int at) throws IOException {
    int current = segment;
    try {
      JournalHeader next = enter(current + 1);
      lastBodies.put(current, lastBody);
      return next;
    } catch (IOException e) {
      window.open(files.segment(current));
      segment = current;
      offset = at;
      throw e;
    }
  }

  private int fail(String why) {
    bad =
        "Bad record in %s at byte %d: %s"
            .formatted(files.segment(segment).getFileName(), offset, why);
    window.forget();
    return 0;
  }

  private void accept(JournalSink sink, int body, int length) throws IOException {
    byte[] bytes = window.bytes();
    byte kind = bytes[body];
    int number = bytes[body + 1];
    byte flags = bytes[body + 2];
    switch (kind) {
      case JournalFormat.KEY_SET -> addKeySet(body);
      case JournalFormat.VALUES -> addValues(sink, stream(number), flags, body, length);
      case JournalFormat.ROW -> addRow(sink, stream(number), flags, body);
      case JournalFormat.CARD -> sink.card(json(body, length, flags));
      case JournalFormat.CLOSE -> {
        sink.close(json(body, length, flags));
        closed = true;
      }
      case JournalFormat.HEADER -> throw new IndexOutOfBoundsException("a second header");
      default ->
          throw new ShardFormatException(
              "Cannot read %s: record of kind %d, this build knows 1 to 7; publish it with a newer ostraka"
                  .formatted(files.segment(segment), kind));
    }
  }

  private Stream stream(int number) throws ShardFormatException {
    return Stream.byNumber(number)
        .orElseThrow(
            () ->
                new ShardFormatException(
                    "Cannot read %s: rows of stream %d, which this build does not know; publish it with a newer ostraka"
                        .formatted(files.segment(segment), number)));
  }

  private void addKeySet(int body) {
    byte[] bytes = window.bytes();
    int number = (int) JournalFormat.INT.get(bytes, body + 4);
    int count = (int) JournalFormat.INT.get(bytes, body + 8);
    if (number != keySets.size() || count < 1 || count > JournalFormat.KEY_SET_LIMIT) {
      throw new IndexOutOfBoundsException("key set " + number + " of " + count + " names");
    }
    int[] keySet = new int[count];
    int at = body + 12;
    for (int i = 0; i < count; i++) {
      int length = (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
      keySet[i] = names.number(new String(bytes, at + 2, length, StandardCharsets.UTF_8));
      at += 2 + length;
    }
    keySets.add(keySet);
  }

  private void addValues(JournalSink sink, Stream stream, byte flags, int body, int length) {
    byte[] bytes = window.bytes();
    int number = (int) JournalFormat.INT.get(bytes, body + 4);
    int[] keySet = keySets.get(number);
    if (!stream.isSeries() || length != JournalFormat.VALUES_HEAD_BYTES + 8 * keySet.length) {
      throw new IndexOutOfBoundsException(
          "%d bytes for %d values of %s".formatted(length, keySet.length, stream.folder()));
    }
    RowBuffer buffer = sink.rows(stream);
    if (buffer != null) {
      long step = (long) LONG.get(bytes, body + 8);
      long micros = header.clock().micros((long) LONG.get(bytes, body + 16));
      boolean hasStep = (flags & JournalFormat.NO_STEP) == 0;
      int values = body + JournalFormat.VALUES_HEAD_BYTES;
      buffer.addSeries(keySet, hasStep, step, micros, bytes, values);
    }
    rows[stream.number()] += keySet.length;
  }

  private void addRow(JournalSink sink, Stream stream, byte flags, int body) throws IOException {
    byte[] bytes = window.bytes();
    List<Object> cells = new ArrayList<>(stream.columns().size());
    int at = body + JournalFormat.VALUES_HEAD_BYTES;
    for (Column column : stream.columns()) {
      if (column.type() == Column.Type.DOUBLE) {
        cells.add((double) JournalFormat.DOUBLE.get(bytes, at));
        at += 8;
        continue;
      }
      int length = (int) JournalFormat.INT.get(bytes, at);
      at += 4;
      if (length == JournalFormat.BODY_REFERENCE) {
        cells.add(body(at, sink.rows(stream) != null));
        at += JournalFormat.BODY_REFERENCE_BYTES;
      } else {
        cells.add(Arrays.copyOfRange(bytes, at, checkedEnd(at, length)));
        at += length;
      }
    }
    RowBuffer buffer = sink.rows(stream);
    if (buffer != null) {
      long step = (long) LONG.get(bytes, body + 8);
      long micros = header.clock().micros((long) LONG.get(bytes, body + 16));
      buffer.addRow((flags & JournalFormat.NO_STEP) == 0, step, micros, cells);
    }
    rows[stream.number()]++;
  }

  private byte[] body(int at, boolean wanted) throws IOException {
    Bodies.Reference reference = Bodies.Reference.parse(window.bytes(), at);
    lastBody = Math.max(lastBody, reference.number());
    return wanted ? bodies.read(reference) : new byte[0];
  }

  private int checkedEnd(int at, int length) {
    if (length < 0 || at + length > window.length()) {
      throw new IndexOutOfBoundsException("a text of " + length + " bytes");
    }
    return at + length;
  }

  private ObjectNode json(int body, int length, byte flags) throws IOException {
    JsonNode json;
    if ((flags & JournalFormat.IN_BODY) != 0) {
      json = JSON.readTree(body(body + 4, true));
    } else {
      json = JSON.readTree(window.bytes(), body + 4, length - 4);
    }
    if (json instanceof ObjectNode object) {
      return object;
    }
    throw new IndexOutOfBoundsException("JSON that is no object");
  }

  /** Goes to the start of a segment and reads its header. */
  private JournalHeader enter(int number) throws IOException {
    window.open(files.segment(number));
    segment = number;
    keySets = new ArrayList<>(); // a mark may hold the one before
    JournalHeader.Read read = JournalHeader.read(window, files.segment(number));
    offset = read.end();
    return read.header();
  }

  @Override
  public void close() throws IOException {
    window.close();
  }
}
