package io.ostraka.journal;

import static io.ostraka.journal.JournalFormat.RECORD_HEAD_BYTES;
import static io.ostraka.journal.JournalFormat.VALUES_HEAD_BYTES;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Column;
import io.ostraka.Stream;
import io.ostraka.card.Card;
import io.ostraka.journal.JournalHeader.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to a journal. What an append returned for survives the end of this process. An
 * append stores into mapped memory that the file system has already allocated, so that it neither
 * waits for a disk nor can be ended by a full one.
 *
 * <p>Safe for any number of threads; nothing is allocated by {@link #values3} and its siblings.
 */
public final class JournalWriter implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JournalFiles files;
  private final JournalHeader header;
  private final JournalLimits limits;
  private final ControlFile control;
  private final Bodies bodies;
  private final LongSupplier ticks;
  private final long[] rows = new long[Stream.numberLimit()];

  private Card card;
  private Segment segment;
  private long greatestStep;
  private boolean anyStep;
  private boolean full;

  /** Whether a thread is writing zeros past the allocated part, where nobody may append yet. */
  private boolean allocating;

  private boolean ended;
  private long dropped;
  private @Nullable String fullBecause;

  private JournalWriter(
      JournalFiles files, JournalHeader header, JournalLimits limits, LongSupplier ticks)
      throws IOException {
    this.files = files;
    this.header = header;
    this.limits = limits;
    this.ticks = ticks;
    this.bodies = new Bodies(files);
    this.card = Card.of(header.card());
    header.progress().step().ifPresent(this::sawStep);
    this.control = ControlFile.create(files.control());
    this.segment = beginSegment(0);
  }

  /**
   * Starts a journal. The caller holds the lock on {@code .alive} already.
   *
   * @param ticks the machine's monotonic clock, in nanoseconds
   * @throws IOException if the spool cannot be written
   */
  public static JournalWriter create(
      JournalFiles files, JournalHeader header, JournalLimits limits, LongSupplier ticks)
      throws IOException {
    return new JournalWriter(files, header, limits, ticks);
  }

  /** The control words beside the journal. */
  public ControlFile control() {
    return control;
  }

  /** The end of what was appended. */
  public synchronized long position() {
    return Position.of(segment.number(), segment.offset());
  }

  /** The step that a caller gets who names none: the greatest so far + 1, from 0. */
  public synchronized long nextStep() {
    return anyStep ? greatestStep + 1 : 0;
  }

  /** The greatest step so far, if any. */
  public synchronized OptionalLong latestStep() {
    return anyStep ? OptionalLong.of(greatestStep) : OptionalLong.empty();
  }

  /** Why the last append was dropped, or nothing while there is room. */
  public synchronized Optional<String> full() {
    return full ? Optional.ofNullable(fullBecause) : Optional.empty();
  }

  /** Appends one row: {@code a} is the value of the only name. */
  public synchronized void values1(KeySet keySet, long step, double a) {
    if (beginValues(keySet, step)) {
      MappedByteBuffer map = segment.map();
      int at = segment.body() + VALUES_HEAD_BYTES;
      map.putDouble(at, a);
      commitValues(keySet);
    }
  }

  /** Appends two rows, in the order of the names. */
  public synchronized void values2(KeySet keySet, long step, double a, double b) {
    if (beginValues(keySet, step)) {
      MappedByteBuffer map = segment.map();
      int at = segment.body() + VALUES_HEAD_BYTES;
      map.putDouble(at, a);
      map.putDouble(at + 8, b);
      commitValues(keySet);
    }
  }

  /** Appends three rows, in the order of the names. */
  public synchronized void values3(KeySet keySet, long step, double a, double b, double c) {
    if (beginValues(keySet, step)) {
      MappedByteBuffer map = segment.map();
      int at = segment.body() + VALUES_HEAD_BYTES;
      map.putDouble(at, a);
      map.putDouble(at + 8, b);
      map.putDouble(at + 16, c);
      commitValues(keySet);
    }
  }

  /**
   * Appends one row for each name.
   *
   * @param values as many as the key set has names, in their order
   */
  public synchronized void values(KeySet keySet, long step, double[] values) {
    if (values.length != keySet.size()) {
      throw new IllegalArgumentException(
          values.length + " values for " + keySet.size() + " names: " + keySet.names);
    }
    if (beginValues(keySet, step)) {
      MappedByteBuffer map = segment.map();
      int at = segment.body() + VALUES_HEAD_BYTES;
      for (int i = 0; i < values.length; i++) {
        map.putDouble(at + 8 * i, values[i]);
      }
      commitValues(keySet);
    }
  }

  /**
   * Appends one row of texts.
   *
   * @param cells a text for each column of the stream
   * @throws IOException if a large text cannot be written beside the journal; nothing was appended
   *     then
   */
  public synchronized void row(Stream stream, OptionalLong step, List<String> cells)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] head = new byte[VALUES_HEAD_BYTES];
    head[0] = JournalFormat.ROW;
    head[1] = (byte) stream.number();
    head[2] = step.isPresent() ? 0 : JournalFormat.NO_STEP;
    JournalFormat.LONG.set(head, 8, step.orElse(0));
    JournalFormat.LONG.set(head, 16, ticks.getAsLong());
    body.writeBytes(head);
    int column = 0;
    for (Column declared : stream.columns()) {
      writeText(body, declared, cells.get(column++));
    }
    if (append(body.toByteArray())) {
      countRows(stream, 1);
      step.ifPresent(this::sawStep);
    } else {
      drop(1);
    }
  }

  /**
   * Appends a change of the card.
   *
   * @throws IOException if a large change cannot be written beside the journal
   */
  public synchronized void card(ObjectNode change) throws IOException {
    card = card.merge(change);
    appendJson(JournalFormat.CARD, change);
  }

  /**
   * Appends the last record. Later appends are refused.
   *
   * @param state {@code finished} or {@code failed}
   * @param failure why, for {@code failed}
   */
  public synchronized void end(String state, Optional<String> failure) throws IOException {
    if (ended) {
      return;
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("state", state);
    failure.ifPresent(message -> json.put("failure", message));
    json.put("ticks", ticks.getAsLong());
    appendJson(JournalFormat.CLOSE, json);
    ended = true;
    control.closing(true);
  }

  /** Asks the drainer to publish everything appended so far, and says up to where that is. */
  public synchronized long wantFlush() {
    long position = position();
    control.flushWanted(position);
    return position;
  }

  /**
   * Has the file system allocate what the next appends will need; called now and then by a thread
   * of the writer's process. Without it an append allocates by itself.
   *
   * @param ahead how many bytes
   */
  public void allocateAhead(int ahead) {
    Segment target;
    int from;
    int wanted;
    synchronized (this) {
      target = segment;
      from = target.allocated();
      wanted = Math.min(limits.segmentBytes(), target.offset() + ahead) - from;
      if (wanted <= 0 || allocating || ended) {
        return;
      }
      allocating = true;
    }
    boolean done = false;
    try {
      target.fillWithZeros(from, wanted);
      done = true;
    } catch (IOException e) {
      // The append that needs the room meets the same error and says so.
    } finally {
      synchronized (this) {
        allocating = false;
        if (done) {
          target.allocated(from + wanted);
        }
        notifyAll();
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    ended = true;
    segment.close();
  }

  /** Puts the head of a record of values into place, or drops the points. */
  private boolean beginValues(KeySet keySet, long step) {
    checkOpen();
    // Making room may begin a segment, in which key sets are declared anew; declaring makes room
    // for the values too.
    if (!hasRoom(keySet.bodyBytes) || (keySet.segment != segment.number() && !declare(keySet))) {
      drop(keySet.size());
      return false;
    }
    MappedByteBuffer map = segment.map();
    int body = segment.body();
    map.putInt(body, JournalFormat.VALUES | keySet.stream.number() << 8);
    map.putInt(body + 4, keySet.number);
    map.putLong(body + 8, step);
    map.putLong(body + 16, ticks.getAsLong());
    sawStep(step);
    return true;
  }

  private void commitValues(KeySet keySet) {
    segment.commit(keySet.bodyBytes, keySet.lengthWord, keySet.lengthBytes);
    countRows(keySet.stream, keySet.size());
  }

  private boolean append(byte[] body) {
    checkOpen();
    if (!hasRoom(body.length)) {
      return false;
    }
    segment.append(body);
    return true;
  }

  private void appendJson(byte kind, ObjectNode json) throws IOException {
    if (!append(jsonBody(kind, json))) {
      throw new IOException(
          "Cannot write the journal %s: %s"
              .formatted(files.segment(segment.number()), fullBecause));
    }
  }

  private byte[] jsonBody(byte kind, ObjectNode json) throws IOException {
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

  private void writeText(ByteArrayOutputStream body, Column column, String cell)
      throws IOException {
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

  private boolean declare(KeySet keySet) {
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
    byte[] bytes = body.toByteArray();
    // With room for the values too, the numbering cannot change between the two records.
    if (!hasRoom(bytes.length + RECORD_HEAD_BYTES + 8 + keySet.bodyBytes)) {
      return false;
    }
    keySet.segment = segment.number();
    keySet.number = segment.nextKeySet();
    JournalFormat.INT.set(bytes, 4, keySet.number);
    segment.append(bytes);
    return true;
  }

  private void countRows(Stream stream, int count) {
    rows[stream.number()] += count;
  }

  private void sawStep(long step) {
    if (!anyStep || step > greatestStep) {
      anyStep = true;
      greatestStep = step;
    }
  }

  private void checkOpen() {
    if (ended) {
      throw new IllegalStateException("The run has ended; nothing can be logged to it any more");
    }
  }

  private void drop(int points) {
    dropped += points;
    control.dropped(dropped);
  }

  /** Makes room for a record, in the next segment if need be; false if there is none. */
  private boolean hasRoom(int bodyBytes) {
    return segment.hasRoom(bodyBytes) || makeRoom(bodyBytes);
  }

  private boolean makeRoom(int bodyBytes) {
    // A channel that an interrupted thread uses is closed: the interrupt waits until there is room.
    boolean interrupted = Thread.interrupted();
    long deadline = 0;
    try {
      while (true) {
        while (allocating) {
          interrupted |= !waitABit();
        }
        if (segment.hasRoom(bodyBytes)) {
          full = false;
          return true;
        }
        try {
          checkLimit();
          if (!segment.fits(bodyBytes)) {
            goToNextSegment();
          }
          segment.allocateFor(bodyBytes);
          full = false;
          return true;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        } catch (IOException e) {
          fullBecause = e.getMessage();
          long now = System.nanoTime();
          if (deadline == 0) {
            deadline = full ? now : now + limits.fullWait().toNanos();
          }
          if (now >= deadline || interrupted) {
            full = true;
            return false;
          }
          interrupted = !waitABit();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits without the lock, so that the drainer's thread may go on; false if interrupted. */
  @SuppressWarnings("WaitNotInLoop") // the caller looks again whatever woke it
  private boolean waitABit() {
    try {
      wait(20);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void checkLimit() throws IOException {
    int segments = segment.number() - Position.segment(control.published());
    long waiting = (long) segments * limits.segmentBytes() + segment.allocated();
    if (waiting + Math.min(limits.segmentBytes(), Segment.ALLOCATION_BYTES)
        > limits.journalBytes()) {
      throw new IOException(
          "the journal has reached its limit of %d bytes; nothing publishes it, or more is logged than the root takes"
              .formatted(limits.journalBytes()));
    }
  }

  private void goToNextSegment() throws IOException {
    Segment last = segment;
    segment = beginSegment(last.number() + 1);
    // The end record comes last: whoever reads it finds the next segment with its header.
    last.end();
    last.close();
  }

  /** Makes a segment with its header. */
  private Segment beginSegment(int number) throws IOException {
    EnumMap<Stream, Long> counts = new EnumMap<>(Stream.class);
    for (Stream stream : Stream.values()) {
      counts.put(stream, rows[stream.number()]);
    }
    ObjectNode fields = card.json();
    ObjectNode large = takeLargeFields(fields);
    byte[] body =
        jsonBody(
            JournalFormat.HEADER,
            header.at(new Progress(number, counts, latestStep()), fields).json());
    Segment begun = Segment.create(files.segment(number), number, limits.segmentBytes());
    try {
      begun.allocateFor(body.length);
      begun.append(body);
      if (!large.isEmpty()) {
        begun.append(jsonBody(JournalFormat.CARD, large));
      }
      return begun;
    } catch (IOException e) {
      begun.close();
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
