package io.ostraka.compact;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.shard.ShardFooter;
import io.ostraka.shard.ShardMerger;
import io.ostraka.shard.ShardReader;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Merges shards of one writer and publishes what comes of it; reads back what is in the store. */
final class MergeIntoStore {
  private final ShardStore store;
  private final WriterKey writer;
  private final Path scratchFolder;
  private final String scratchPrefix;
  private final CompactionSettings settings;

  MergeIntoStore(
      ShardStore store,
      WriterKey writer,
      Path scratchFolder,
      String scratchPrefix,
      CompactionSettings settings) {
    this.store = store;
    this.writer = writer;
    this.scratchFolder = scratchFolder;
    this.scratchPrefix = scratchPrefix;
    this.settings = settings;
  }

  ShardStore store() {
    return store;
  }

  WriterKey writer() {
    return writer;
  }

  String key(Stream stream, ShardName name) {
    return writer.shardKey(stream.folder(), name);
  }

  /**
   * A merged shard.
   *
   * @param sizeBytes the length of the file in the store
   * @param own whether this process published it, so that its rows are known to be right
   */
  record Merged(long sizeBytes, boolean own) {}

  /**
   * Makes a merge, publishes the merged shard, and reads its footer back from the store; then
   * publishes its roll-up, if that works.
   *
   * @throws io.ostraka.shard.UnreadableSourceException if a source does not hold what its name says
   * @throws ShardFormatException if what the store has under the target's name is not that shard
   * @throws java.nio.file.NoSuchFileException if a source is gone
   */
  Merged merge(Stream stream, Merge merge) throws IOException {
    Path scratch = scratchFile();
    Path rollup = scratch.resolveSibling(scratch.getFileName() + ".rollup");
    try {
      write(scratch, rollup, stream, merge);
      Merged merged = publish(scratch, key(stream, merge.target()), stream, merge.target());
      publishRollup(rollup, stream, merge.target());
      return merged;
    } finally {
      Files.deleteIfExists(scratch);
      Files.deleteIfExists(rollup);
    }
  }

  private Path scratchFile() throws IOException {
    try {
      return Files.createTempFile(scratchFolder, scratchPrefix, ".parquet");
    } catch (NoSuchFileException e) {
      throw new IOException(
          "the folder %s for unfinished shards is gone".formatted(scratchFolder), e);
    }
  }

  private void write(Path scratch, Path rollup, Stream stream, Merge merge) throws IOException {
    List<LocalCopy> copies = new ArrayList<>();
    settings.merging().acquireUninterruptibly();
    try (ShardMerger merger = new ShardMerger()) {
      List<ShardMerger.Source> sources = new ArrayList<>();
      for (ShardName name : merge.sources()) {
        LocalCopy copy = store.open(key(stream, name));
        copies.add(copy);
        sources.add(new ShardMerger.Source(copy.path(), name));
      }
      merger.merge(scratch, writer, stream, sources, rollup, settings.rollups());
    } finally {
      settings.merging().release();
      copies.forEach(LocalCopy::close);
    }
  }

  private Merged publish(Path scratch, String key, Stream stream, ShardName target)
      throws IOException {
    if (!store.isPrepared(writer.prefix())) {
      throw new IOException(
          "the writer's folder is gone: the root is not mounted, or the run was deleted");
    }
    boolean own = true;
    try {
      store.publish(key, scratch);
    } catch (FileAlreadyExistsException e) {
      own = false; // somebody else merged the same; or an earlier attempt of ours landed late
    }
    long size = Files.size(scratch);
    long stored = checkFooter(stream, target);
    if (own && stored != size) {
      throw new ShardFormatException(
          "Cannot read %s: the store has %d bytes of the %d that were published; remove it"
              .formatted(key, stored, size));
    }
    return new Merged(stored, own);
  }

  /* The merge is done whatever comes of this: a roll-up can be made of the shard at any time. */
  private void publishRollup(Path rollup, Stream stream, ShardName shard) {
    try {
      if (Files.exists(rollup)) {
        store.publish(writer.rollupKey(stream.folder(), shard), rollup);
      }
    } catch (IOException e) {
      return; // Or it is there already; readers take the rows of a shard that has none.
    }
  }

  /** Removes the roll-up of a shard that is no more, if it may have one and that works. */
  void deleteRollup(Stream stream, ShardName shard) {
    try {
      if (stream.isSeries() && shard.rows() >= settings.rollups().leastPoints()) {
        store.delete(writer.rollupKey(stream.folder(), shard));
      }
    } catch (IOException e) {
      return; // It is of no use to anybody, and does no harm.
    }
  }

  /**
   * Reads a shard's footer from the store.
   *
   * @return the length of the file
   * @throws ShardFormatException if it is not the shard that its name says
   */
  long checkFooter(Stream stream, ShardName name) throws IOException {
    String key = key(stream, name);
    try (LocalCopy copy = store.openAnew(key)) {
      ShardFooter.read(copy.path(), key).check(writer, stream, name);
      return Files.size(copy.path());
    }
  }

  /**
   * Reads all row numbers of a shard from the store.
   *
   * @throws ShardFormatException if they are not each row of its range once
   */
  void checkRows(Stream stream, ShardName name) throws IOException {
    String key = key(stream, name);
    try (LocalCopy copy = store.openAnew(key);
        ShardReader reader = ShardReader.open(copy.path(), key)) {
      reader.footer().check(writer, stream, name);
      reader.checkRows(name);
    }
  }
}
