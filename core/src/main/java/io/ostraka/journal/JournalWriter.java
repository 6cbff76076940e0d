package io.ostraka.journal;

import static io.ostraka.journal.JournalFormat.RECORD_HEAD_BYTES;
import static io.ostraka.journal.JournalFormat.VALUES_HEAD_BYTES;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Stream;
import io.ostraka.card.Card;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
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
  /** Characters of a failure for which room is always kept. */
  private static final int SHORT = 200;

  private final JournalFiles files;
  private final SegmentMaker segments;
  private final JournalLimits limits;
  private final ControlFile control;
  private final Bodies bodies;
  private final SpoolRoom room;
  private final RoomNews news;
  private final LongSupplier ticks;
  private final long[] rows = new long[Stream.numberLimit()];

  private final StepCount steps = new StepCount();
  private Card card;
  private Segment segment;

  /** A change of the card that found no room yet. */
  private @Nullable ObjectNode unsaid;

  /** Whether a thread is writing zeros past the allocated part, where nobody may append yet. */
  private boolean allocating;

  private boolean ended;
  private long dropped;

  private JournalWriter(
      JournalFiles files, JournalHeader header, JournalLimits limits, LongSupplier ticks)
      throws IOException {
    this.files = files;
    this.limits = limits;
    this.ticks = ticks;
    this.bodies = new Bodies(files);
    this.segments = new SegmentMaker(files, header, limits.segmentBytes(), bodies);
    this.room = new SpoolRoom(files.spool(), limits.spoolBytes());
    this.card = Card.of(header.card());
    header.progress().step().ifPresent(steps::saw);
    this.control = ControlFile.create(files.control());
    this.news = new RoomNews(files.spool(), limits, room, control);
    this.segment = segments.begin(0, rows, steps.greatest(), card);
    room.add(segment.allocated());
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

  /** The step that a caller gets who names none: the greatest so far + 1. */
  public synchronized long nextStep() {
    return steps.next();
  }

  /** The greatest step so far, if any. */
  public synchronized OptionalLong latestStep() {
    return steps.greatest();
  }

  /** Where a segment ends at the latest. */
  public long segmentBytes() {
    return limits.segmentBytes();
  }

  /** How many points were not accepted. */
  public synchronized long dropped() {
    return dropped;
  }

  /** Says which step a caller gets who names none while nothing was logged; 0 unless it is said. */
  public synchronized void startAt(long step) {
    steps.startAt(step);
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
    if (append(RecordBody.row(stream, step, ticks.getAsLong(), cells, bodies))) {
      countRows(stream, 1);
      step.ifPresent(steps::saw);
    } else {
      drop(1);
    }
  }

  /**
   * Appends a change of the card. One that finds no room is appended as soon as there is some.
   *
   * @throws IOException if a large change cannot be written beside the journal
   */
  public synchronized void card(ObjectNode change) throws IOException {
    card = card.merge(change);
    ObjectNode before = unsaid;
    unsaid = before == null ? change : Card.of(before).merge(change).json();
    sayCard();
  }

  /** Appends what the card still has to say, if there is room for it at once. */
  private void sayCard() throws IOException {
    ObjectNode change = unsaid;
    if (change == null || ended) {
      return;
    }
    byte[] body = RecordBody.json(JournalFormat.CARD, change, bodies);
    if (news.isFull() ? segment.hasRoom(body.length) : hasRoom(body.length)) {
      segment.append(body);
      unsaid = null;
    }
  }

  private void sayCardAgain() {
    try {
      sayCard();
    } catch (IOException e) {
      // It is said later, and in the header of the next segment.
    }
  }

  /**
   * Appends the last record, for which room is kept. Later appends are refused.
   *
   * @param state {@code finished} or {@code failed}
   * @param failure why, for {@code failed}
   */
  public synchronized void end(String state, Optional<String> failure) throws IOException {
    if (ended) {
      return;
    }
    sayCard();
    byte[] body = RecordBody.close(state, failure, ticks.getAsLong(), bodies);
    if (!segment.hasRoomForLast(body.length) && !hasRoom(body.length)) {
      // Room is kept for a short message, and a long one is cut.
      Optional<String> begin = failure.map(all -> all.substring(0, Math.min(all.length(), SHORT)));
      body = RecordBody.close(state, begin, ticks.getAsLong(), bodies);
    }
    segment.append(body);
    ended = true;
    control.closing(true);
    if (unsaid != null) {
      limits
          .say()
          .accept(
              "The last change of the run's config or summary found no room in the spool "
                  + files.spool()
                  + " and is not kept");
    }
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
      room.reserve(wanted);
      target.fillWithZeros(from, wanted);
      done = true;
    } catch (IOException e) {
      // The append that needs the room meets the same error and says so.
    } finally {
      synchronized (this) {
        allocating = false;
        if (done) {
          target.allocated(from + wanted);
          news.foundRoom(dropped);
          sayCardAgain();
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
    steps.saw(step);
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

  private boolean declare(KeySet keySet) {
    byte[] bytes = RecordBody.keySet(keySet);
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
    if (news.isLookedForLater()) {
      return false;
    }
    // A channel that an interrupted thread uses is closed: the interrupt waits until there is room.
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        while (allocating) {
          interrupted |= !waitABit();
        }
        if (segment.hasRoom(bodyBytes)) {
          return true;
        }
        try {
          enlarge(bodyBytes);
          news.foundRoom(dropped);
          return true;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        } catch (IOException e) {
          if (interrupted || !news.isWorthWaiting()) {
            news.foundNone(e);
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

  private void enlarge(int bodyBytes) throws IOException {
    if (!segment.fits(bodyBytes)) {
      room.reserve(Math.min(limits.segmentBytes(), Segment.ALLOCATION_BYTES));
      goToNextSegment();
    }
    if (!segment.hasRoom(bodyBytes)) {
      room.reserve(Segment.ALLOCATION_BYTES);
      segment.allocateFor(bodyBytes);
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

  private void goToNextSegment() throws IOException {
    Segment last = segment;
    segment = segments.begin(last.number() + 1, rows, steps.greatest(), card);
    // The end record comes last: whoever reads it finds the next segment with its header.
    last.end();
    last.close();
  }
}
