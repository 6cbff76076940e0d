package io.ostraka.compact;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Compacts writers of one store: merges what the rule of blocks allows and the policy wants, and
 * removes what was merged once readers have had their time.
 *
 * <p>Any number of compactors, in any processes, may work on one writer at the same time, with
 * listings of any age. Whatever goes wrong, everything stays as readable as it was, and the next
 * pass begins anew. Safe for threads; passes over one writer wait for each other.
 */
public final class Compactor {
  private static final String SCRATCH_PREFIX = ".merge-";

  private final ShardStore store;
  private final Path scratchFolder;
  private final CompactionSettings settings;
  private final Map<WriterKey, WriterCompaction> writers = new ConcurrentHashMap<>();

  /**
   * A compactor that knows no writer yet.
   *
   * @param store is left open
   * @param scratchFolder where merged shards are made before they are published; exists
   */
  public Compactor(ShardStore store, Path scratchFolder, CompactionSettings settings) {
    this.store = store;
    this.scratchFolder = scratchFolder;
    this.settings = settings;
  }

  /**
   * Removes what a process that died left in a scratch folder.
   *
   * @param scratchFolder a folder that no compactor of another process works in
   */
  public static void removeLeftOvers(Path scratchFolder) throws IOException {
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(scratchFolder, SCRATCH_PREFIX + "*")) {
      for (Path path : left) {
        Files.deleteIfExists(path);
      }
    }
  }

  /**
   * Makes one pass over a writer: lists its shards, makes all merges that are due, and removes
   * covered shards whose time has come. Costs one listing if there is nothing to do.
   *
   * @throws IOException if the writer cannot be listed
   */
  public CompactionResult compact(WriterKey writer) throws IOException {
    return writers.computeIfAbsent(writer, this::begin).pass();
  }

  /**
   * Takes in what the caller has published, so that {@link #isDue} knows of it without a listing.
   * Waits for nothing.
   *
   * @param sizeBytes the length of the file
   */
  public void published(WriterKey writer, Stream stream, ShardName name, long sizeBytes) {
    WriterCompaction known = writers.get(writer);
    if (known != null) {
      known.published(stream, new SizedShard(name, sizeBytes));
    }
  }

  /**
   * Whether a pass over a writer would do anything, as far as is known without asking the store:
   * true for a writer that was not looked at yet; false for some time after a merge failed. Whoever
   * knows that the writer has ended makes a pass without asking.
   */
  public boolean isDue(WriterKey writer) {
    WriterCompaction known = writers.get(writer);
    return known == null || known.isDue();
  }

  /** Whether covered shards wait to be removed by a later pass. */
  public boolean waiting() {
    return nextRetire().isPresent();
  }

  /** The tick at which a pass would remove the next covered shard, if any waits. */
  public OptionalLong nextRetire() {
    return writers.values().stream()
        .map(WriterCompaction::nextRetire)
        .flatMapToLong(OptionalLong::stream)
        .min();
  }

  /** The same for one writer. */
  public OptionalLong nextRetire(WriterKey writer) {
    return Optional.ofNullable(writers.get(writer))
        .map(WriterCompaction::nextRetire)
        .orElse(OptionalLong.empty());
  }

  /** Lets go of what is known of a writer; covered shards that wait are left to whoever comes. */
  public void forget(WriterKey writer) {
    writers.remove(writer);
  }

  private WriterCompaction begin(WriterKey writer) {
    return new WriterCompaction(
        new MergeIntoStore(store, writer, scratchFolder, SCRATCH_PREFIX, settings), settings);
  }
}
