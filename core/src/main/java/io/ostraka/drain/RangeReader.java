package io.ostraka.drain;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.drain.DrainLog.Seal;
import io.ostraka.journal.JournalReader;
import io.ostraka.journal.Position;
import java.io.IOException;
import java.util.Map;

/**
 * Reads the rows of one range after the other into memory, as far as there is memory for them. What
 * it holds it can let go of at any time, and read again. Not safe for threads.
 */
final class RangeReader {
  private static final long BYTES_A_LOOK = 8 << 20;

  /** A range ends here at the latest: the rows of larger ones would take too much memory. */
  private static final long RANGE_BYTES = 8 << 20;

  private static final long RANGE_ROWS = 300_000;

  /** Rows are read in steps, each after there is memory for it. */
  private static final long STEP_BYTES = 64 << 10;

  /** What the rows of a step take at most: 8 bytes of a journal may be a row of 28. */
  private static final long STEP_MEMORY_BYTES = 8 * STEP_BYTES;

  private static final long ROW_MEMORY_BYTES = 48;
  private static final long WORTH_A_SHARD_BYTES = 256 << 10;

  private final JournalReader reader;
  private final WaitingRows waiting;
  private final DrainLog log;
  private final RowMemory.Share memory;
  private JournalReader.Mark start;
  private long startPosition;
  private boolean starved;

  RangeReader(JournalReader reader, WaitingRows waiting, DrainLog log, RowMemory memory) {
    this.reader = reader;
    this.waiting = waiting;
    this.log = log;
    this.memory = memory.share();
    this.start = reader.mark();
    this.startPosition = reader.position();
  }

  /** Goes to where the published ranges end. */
  void skipPublished() throws IOException {
    waiting.passing(true);
    reader.read(waiting, log.publishedEnd(), Long.MAX_VALUE);
    waiting.passing(false);
    begin();
    leaveOutPublished();
  }

  /** Begins the next range where everything was read up to. */
  void begin() {
    start = reader.mark();
    startPosition = reader.position();
  }

  /** Reads on; false if nothing was there, also none for lack of memory. */
  boolean read() throws IOException {
    if (waiting.isEmpty()) {
      begin();
    }
    long read = 0;
    starved = false;
    while (read < BYTES_A_LOOK && !isLarge()) {
      // What is there grows by half when it has to.
      if (!memory.tryTake(memory.bytes() / 2 + STEP_MEMORY_BYTES)) {
        starved = true;
        break;
      }
      long step = reader.read(waiting, Long.MAX_VALUE, Math.min(STEP_BYTES, left()));
      waiting.dropPublished();
      memory.set(waiting.memoryBytes());
      read += step;
      if (step == 0) {
        break;
      }
    }
    return read > 0;
  }

  /** Whether the last read ended for lack of memory, and not because nothing was there. */
  boolean isStarved() {
    return starved;
  }

  /** Reads the rows of a decided range; false if there is no memory for them now. */
  boolean readDecided(Seal seal) throws IOException {
    long rows = seal.rows().values().stream().mapToLong(ShardName::rows).sum();
    if (!memory.tryTake(rows * ROW_MEMORY_BYTES + STEP_MEMORY_BYTES)) {
      return false;
    }
    reader.read(waiting, seal.end(), Long.MAX_VALUE);
    waiting.dropPublished();
    memory.set(waiting.memoryBytes());
    return true;
  }

  /** How many bytes of the journal still fit into the range that is being read. */
  private long left() {
    return Math.min(RANGE_BYTES, reader.header().flush().bytes())
        - (reader.position() - startPosition);
  }

  /** Whether what waits is as much as a range may be. */
  boolean isLarge() {
    return !waiting.isEmpty()
        && (left() <= 0
            || waiting.count() >= RANGE_ROWS
            || Position.segment(reader.position()) != Position.segment(startPosition));
  }

  /**
   * Whether others need the memory more.
   *
   * @param seconds how long the rows wait already
   */
  boolean isWantedByOthers(double seconds) {
    return memory.isScarce() && (memory.bytes() >= WORTH_A_SHARD_BYTES || seconds >= 1);
  }

  /** Lets go of the rows, which lie elsewhere now. */
  void clear() {
    waiting.clear();
    memory.clear();
  }

  /** Lets go of the rows, to read them again from the journal. */
  void startOver() throws IOException {
    waiting.letGo();
    memory.clear();
    reader.reset(start);
    leaveOutPublished();
  }

  private void leaveOutPublished() {
    for (Stream stream : Stream.values()) {
      waiting.markPublished(stream, log.publishedRow(stream) - reader.rows(stream));
    }
  }

  /** The ranges that the rows get when they are sealed now. */
  Seal seal() {
    Map<Stream, ShardName> ranges = waiting.ranges(log);
    return new Seal(reader.position(), ranges);
  }
}
