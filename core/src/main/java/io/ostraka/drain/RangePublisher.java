package io.ostraka.drain;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.drain.DrainLog.Seal;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalReader;
import io.ostraka.journal.Position;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides the ranges of a journal and publishes them in their order, each as it was once decided,
 * and deletes the part of the journal that is published. Not safe for threads.
 */
final class RangePublisher {
  private final JournalFiles files;
  private final WriterFolder folder;
  private final WriterKey writer;
  private final DrainLog log;
  private final JournalReader reader;
  private final WaitingRows waiting;
  private final RangeReader ranges;
  private final StagedShards staged;
  private final Afterwards afterwards;

  /** Of everything published so far; null if an earlier drainer published some of it. */
  private @Nullable MetricSummaries summaries;

  private PublishListener listener = (stream, name, bytes) -> {};
  private int firstSegment;
  private boolean journalCut;

  /** Is told of a range that is published, before its part of the journal is deleted. */
  interface Afterwards {
    /**
     * All of a range is in the store.
     *
     * @param end the position in the journal where it ends
     */
    void published(long end);
  }

  RangePublisher(
      JournalFiles files,
      WriterFolder folder,
      DrainLog log,
      JournalReader reader,
      WaitingRows waiting,
      RangeReader ranges,
      StagedShards staged,
      Afterwards afterwards) {
    this.files = files;
    this.folder = folder;
    this.writer = folder.writer();
    this.log = log;
    this.reader = reader;
    this.waiting = waiting;
    this.ranges = ranges;
    this.staged = staged;
    this.afterwards = afterwards;
    this.summaries = log.isEmpty() ? new MetricSummaries() : null;
  }

  /** Has somebody told of every shard that is published. */
  void tell(PublishListener newListener) {
    this.listener = newListener;
  }

  /** Whether a power loss took rows of a decided range: nothing is published any more then. */
  boolean isCut() {
    return journalCut;
  }

  /** What the last card says of everything that was published. */
  MetricSummaries summaries(ShardStore root) throws IOException {
    MetricSummaries all = summaries;
    return all == null ? MetricSummaries.read(root, writer) : all;
  }

  /** Finds out what is published, before the first range. */
  void recover(ShardStore root) throws IOException {
    staged.removeLeftOvers();
    if (log.isEmpty()) {
      adoptListed(root);
    }
  }

  /**
   * Publishes ranges that were decided, by this drainer or an earlier one, and perhaps not
   * published.
   *
   * @return false if there is no memory for that now
   */
  boolean publishDecided(ShardStore root, boolean alive) throws IOException {
    Optional<Seal> decided = log.unpublished();
    while (decided.isPresent() && !journalCut) {
      Seal seal = decided.get();
      if (staged.isEmpty() && !ranges.readDecided(seal)) {
        return false;
      }
      if (reader.position() < seal.end()) {
        if (alive) {
          String why = reader.bad().orElse("its bytes are not there");
          ranges.startOver();
          throw new IOException(
              "The journal of %s cannot be read up to a decided range: %s"
                  .formatted(writer.writer(), why));
        }
        publishCut(root, seal);
        return true;
      }
      publish(root, seal);
      decided = log.unpublished();
    }
    return true;
  }

  /** Publishes a range of which a power loss took rows as far as they go; nothing follows it. */
  private void publishCut(ShardStore root, Seal seal) throws IOException {
    Map<Stream, ShardName> found = publishShards(root, waiting.partsOf(seal.rows()));
    Map<Stream, Long> next = new EnumMap<>(Stream.class);
    found.forEach((stream, range) -> next.put(stream, range.last() + 1));
    log.restart(reader.position(), next);
    journalCut = true;
    staged.clear();
  }

  /**
   * Without a record of ranges, the next range of a stream begins after the gap-free prefix of the
   * store's listing.
   */
  private void adoptListed(ShardStore root) throws IOException {
    Map<Stream, Long> published = new EnumMap<>(Stream.class);
    ListedRows listed = ListedRows.list(root, writer);
    for (Stream stream : Stream.values()) {
      long next = listed.next(stream, reader.rows(stream));
      if (next > 0) {
        published.put(stream, next);
      }
      if (next > reader.rows(stream)) {
        summaries = null;
      }
    }
    if (!published.isEmpty()) {
      log.restart(reader.position(), published);
    }
  }

  /** Decides the range of the rows that wait, and publishes it. */
  void publishWaiting(ShardStore root) throws IOException {
    Seal seal = ranges.seal();
    log.seal(seal);
    publish(root, seal);
  }

  private void publish(ShardStore root, Seal seal) throws IOException {
    publishShards(root, seal.rows());
    log.markPublished();
    staged.clear();
    ranges.begin();
    afterwards.published(seal.end());
    deleteSegmentsBefore(Position.segment(seal.end()));
    log.shorten();
  }

  /**
   * Publishes the shards of a range.
   *
   * @param rows those that wait; of shards that are staged already, nothing
   * @return the rows that are published now
   */
  private Map<Stream, ShardName> publishShards(ShardStore root, Map<Stream, ShardName> rows)
      throws IOException {
    if (staged.isEmpty()) {
      stage(rows);
    } else if (!staged.areThere()) {
      staged.clear();
      summaries = null; // they hold the rows that are read again now
      ranges.startOver();
      throw new IOException(
          "Somebody removed files of %s from %s; they are made again from the journal"
              .formatted(writer.writer(), files.spool()));
    }
    folder.check(root);
    return staged.publish(root, listener);
  }

  private void stage(Map<Stream, ShardName> rows) throws IOException {
    staged.encode(rows, waiting);
    if (summaries != null) {
      for (Map.Entry<Stream, ShardName> range : rows.entrySet()) {
        summaries.add(waiting.of(range.getKey()).orElseThrow(), range.getValue().first());
      }
    }
    ranges.clear();
  }

  private void deleteSegmentsBefore(int segment) throws IOException {
    if (segment == firstSegment) {
      return;
    }
    log.sync();
    files.deleteBefore(segment, reader.lastBodyBefore(segment));
    firstSegment = segment;
  }

  /** Forgets what is encoded and not published. */
  void close() throws IOException {
    staged.clear();
  }
}
