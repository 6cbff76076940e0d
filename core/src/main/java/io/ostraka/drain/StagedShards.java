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
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * The shards of one decided range, encoded on the local disk until all of them are published: a
 * store that is away costs neither memory nor, with each attempt, the work again. They are made
 * from the journal and need not last. Not safe for threads.
 *
 * <p>They lie in the spool, or in a spare folder where the spool's disk is full: to publish is what
 * makes room there.
 */
final class StagedShards {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final JournalFiles files;
  private final WriterKey writer;
  private final Semaphore encoding;
  private final List<Path> spareFolders;
  private final Map<Stream, Staged> shards = new EnumMap<>(Stream.class);

  /** A shard and the file that it is in. */
  private record Staged(ShardName name, Path file) {}

  StagedShards(JournalFiles files, WriterKey writer, DrainSettings settings) {
    this.files = files;
    this.writer = writer;
    this.encoding = settings.encoding();
    this.spareFolders = settings.spareFolders();
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
    try {
      for (Map.Entry<Stream, ShardName> range : ranges.entrySet()) {
        RowBuffer buffer = rowsOf(rows, range.getKey(), range.getValue());
        Path file = encode(range.getKey(), range.getValue().first(), buffer);
        shards.put(range.getKey(), new Staged(range.getValue(), file));
      }
    } catch (IOException e) {
      clear(); // all of them or none
      throw e;
    }
  }

  /** Encodes the rows of a stream where there is room, and says where that was. */
  private Path encode(Stream stream, long first, RowBuffer rows) throws IOException {
    Path inSpool = files.sealed(stream);
    IOException why;
    try {
      encode(inSpool, first, rows);
      return inSpool;
    } catch (IOException e) {
      why = e;
    }
    for (Path folder : spareFolders) {
      Path spare = spare(folder, stream);
      try {
        // Others may use the folder too: a file, or a link, that one of them made is not written
        // to.
        Files.deleteIfExists(spare);
        Files.createFile(spare, OWNER_ONLY);
        encode(spare, first, rows);
        return spare;
      } catch (IOException e) {
        why.addSuppressed(e);
      }
    }
    throw new IOException(
        "Cannot encode what waits in %s: %s; free some space there"
            .formatted(files.spool(), String.valueOf(why.getMessage())),
        why);
  }

  /** Encodes rows into a file, of which nothing is left if that fails. */
  private void encode(Path file, long first, RowBuffer rows) throws IOException {
    encoding.acquireUninterruptibly();
    try (ShardWriter shard = new ShardWriter()) {
      shard.write(file, writer.writer(), first, rows);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    } finally {
      encoding.release();
    }
  }

  private Path spare(Path folder, Stream stream) {
    return folder.resolve("ostraka-%s-%s.parquet".formatted(writer.writer(), stream.folder()));
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
    Map<Stream, ShardName> published = new EnumMap<>(Stream.class);
    for (Map.Entry<Stream, Staged> shard : shards.entrySet()) {
      Stream stream = shard.getKey();
      Staged staged = shard.getValue();
      publish(root, stream, staged);
      listener.published(stream, staged.name(), Files.size(staged.file()));
      published.put(stream, staged.name());
    }
    return published;
  }

  private void publish(ShardStore root, Stream stream, Staged staged) throws IOException {
    ShardName name = staged.name();
    String key = writer.shardKey(stream.folder(), name);
    try {
      root.publish(key, staged.file());
    } catch (FileAlreadyExistsException e) {
      try (LocalCopy taken = root.openAnew(key)) {
        ShardFooter.read(taken.path(), key).check(writer, stream, name);
      }
    }
  }

  /** Whether all of them still lie on the local disk. */
  boolean areThere() {
    return shards.values().stream().allMatch(staged -> Files.exists(staged.file()));
  }

  /** Forgets them, whether their files go or not: they are published, or are made again. */
  void clear() throws IOException {
    List<Staged> all = List.copyOf(shards.values());
    shards.clear();
    for (Staged staged : all) {
      Files.deleteIfExists(staged.file());
    }
  }

  /** Removes what a drainer that was killed left in a spare folder. */
  void removeLeftOvers() {
    for (Path folder : spareFolders) {
      for (Stream stream : Stream.values()) {
        try {
          Files.deleteIfExists(spare(folder, stream));
        } catch (IOException e) {
          // Somebody else's, in a folder that all may use.
        }
      }
    }
  }
}
