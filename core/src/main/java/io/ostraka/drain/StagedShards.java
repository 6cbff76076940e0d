package io.ostraka.drain;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.journal.JournalFiles;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.ShardFooter;
import io.ostraka.shard.ShardWriter;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * The shards of one decided range, encoded on the local disk until all of them are published: a
 * store that is away costs neither memory nor, with each attempt, the work again. They are made
 * from the journal and need not last. Not safe for threads.
 */
final class StagedShards {
  private final JournalFiles files;
  private final WriterKey writer;
  private final Semaphore encoding;
  private final Map<Stream, ShardName> shards = new EnumMap<>(Stream.class);

  StagedShards(JournalFiles files, WriterKey writer, Semaphore encoding) {
    this.files = files;
    this.writer = writer;
    this.encoding = encoding;
  }

  /** Whether nothing is staged. */
  boolean isEmpty() {
    return shards.isEmpty();
  }

  /**
   * Encodes rows.
   *
   * @param ranges what the rows are, all of those that wait
   */
  void encode(Map<Stream, ShardName> ranges, WaitingRows rows) throws IOException {
    for (Map.Entry<Stream, ShardName> range : ranges.entrySet()) {
      RowBuffer buffer = rowsOf(rows, range.getKey(), range.getValue());
      encoding.acquireUninterruptibly();
      try (ShardWriter shard = new ShardWriter()) {
        shard.write(
            files.sealed(range.getKey()), writer.writer(), range.getValue().first(), buffer);
      } finally {
        encoding.release();
      }
    }
    shards.putAll(ranges);
  }

  private RowBuffer rowsOf(WaitingRows waiting, Stream stream, ShardName range)
      throws ShardFormatException {
    Optional<RowBuffer> rows = waiting.of(stream);
    int count = rows.map(RowBuffer::size).orElse(0);
    if (rows.isEmpty() || count != range.rows()) {
      throw new ShardFormatException(
          "The journal of %s has %d rows of %s where %s was decided; keep its files and report this"
              .formatted(writer.writer(), count, stream.folder(), range));
    }
    return rows.get();
  }

  /**
   * Publishes all of them.
   *
   * @param listener is told of each
   * @return which they were
   */
  Map<Stream, ShardName> publish(ShardStore root, PublishListener listener) throws IOException {
    for (Map.Entry<Stream, ShardName> shard : shards.entrySet()) {
      publish(root, shard.getKey(), shard.getValue());
      long bytes = Files.size(files.sealed(shard.getKey()));
      listener.published(shard.getKey(), shard.getValue(), bytes);
    }
    return new EnumMap<>(shards);
  }

  private void publish(ShardStore root, Stream stream, ShardName name) throws IOException {
    String key = writer.shardKey(stream.folder(), name);
    try {
      root.publish(key, files.sealed(stream));
    } catch (FileAlreadyExistsException e) {
      try (LocalCopy taken = root.open(key)) {
        ShardFooter.read(taken.path()).check(writer, stream, name);
      }
    }
  }

  /** Whether all of them still lie on the local disk. */
  boolean areThere() {
    return shards.keySet().stream().allMatch(stream -> Files.exists(files.sealed(stream)));
  }

  /** Forgets them, whether their files go or not: they are published, or are made again. */
  void clear() throws IOException {
    List<Stream> streams = List.copyOf(shards.keySet());
    shards.clear();
    for (Stream stream : streams) {
      Files.deleteIfExists(files.sealed(stream));
    }
  }
}
