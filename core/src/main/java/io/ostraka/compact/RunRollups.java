package io.ostraka.compact;

import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.ShardPath;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.catalog.LiveRule;
import io.ostraka.catalog.Problem;
import io.ostraka.shard.RollupReader;
import io.ostraka.shard.RollupRule;
import io.ostraka.shard.RollupWriter;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The roll-ups of whole runs, for whoever wants them without merging: makes those that are missing,
 * removes those of shards that are no more, or all of them. Merges make their own.
 */
public final class RunRollups {
  private static final String WRITER = "writer=";

  private final ShardStore store;
  private final Path scratchFolder;
  private final RollupRule rule;

  /**
   * The roll-ups of a store.
   *
   * @param store is left open
   * @param scratchFolder where roll-ups are made before they are published; exists
   */
  public RunRollups(ShardStore store, Path scratchFolder, RollupRule rule) {
    this.store = store;
    this.scratchFolder = scratchFolder;
    this.rule = rule;
  }

  /**
   * What was done.
   *
   * @param kept how many roll-ups were there and stay
   * @param made how many were made
   * @param bytes how long those are together
   * @param removed how many were removed: of shards that are no more, or of all
   * @param problems what was left alone, a line for each
   */
  public record Result(int kept, int made, long bytes, int removed, List<Problem> problems) {
    /** Nothing was done. */
    public static final Result NOTHING = new Result(0, 0, 0, 0, List.of());

    /** Keeps its own copy. */
    public Result {
      problems = List.copyOf(problems);
    }

    /** Both together. */
    public Result plus(Result other) {
      List<Problem> both = new ArrayList<>(problems);
      both.addAll(other.problems);
      return new Result(
          kept + other.kept, made + other.made, bytes + other.bytes, removed + other.removed, both);
    }
  }

  /** A shard of a series, or its roll-up, by where it lies. */
  private record Place(WriterKey writer, Stream stream, ShardName name) {
    /** Reads what follows the prefix of a run or of its roll-ups. */
    static Optional<Place> parse(RunKey run, String rest) {
      int slash = rest.indexOf('/');
      String id = rest.startsWith(WRITER) ? rest.substring(WRITER.length(), slash) : "";
      if (!WriterId.isWriterId(id)) {
        return Optional.empty();
      }
      return ShardPath.parse(rest.substring(slash + 1))
          .filter(path -> path.stream().isSeries())
          .map(path -> new Place(new WriterKey(run, new WriterId(id)), path.stream(), path.name()));
    }

    String folder() {
      return writer.streamPrefix(stream.folder());
    }

    String shardKey() {
      return writer.shardKey(stream.folder(), name);
    }

    String rollupKey() {
      return writer.rollupKey(stream.folder(), name);
    }
  }

  /**
   * Makes the roll-ups of a run's live shards that are missing or cannot be read, and removes what
   * belongs to no live shard.
   *
   * @throws IOException if the run cannot be listed, or roll-ups cannot be written
   */
  public Result make(RunKey run) throws IOException {
    Set<String> there = new TreeSet<>();
    Map<String, Map<ShardName, Place>> folders = new TreeMap<>();
    for (StoredObject object : store.list(run.prefix()).objects()) {
      if (object.key().startsWith(run.rollupsPrefix())) {
        there.add(object.key());
      } else {
        Place.parse(run, object.key().substring(run.prefix().length()))
            .ifPresent(
                place ->
                    folders
                        .computeIfAbsent(place.folder(), folder -> new TreeMap<>())
                        .put(place.name(), place));
      }
    }
    Result result = Result.NOTHING;
    for (Map<ShardName, Place> folder : folders.values()) {
      for (ShardName live : LiveRule.of(folder.keySet()).live()) {
        Place shard = folder.getOrDefault(live, null);
        if (shard != null && live.rows() >= rule.leastPoints()) {
          result = result.plus(make(shard, there.remove(shard.rollupKey())));
        }
      }
    }
    return result.plus(remove(there));
  }

  private Result make(Place shard, boolean isThere) throws IOException {
    if (isThere) {
      if (isReadable(shard)) {
        return new Result(1, 0, 0, 0, List.of());
      }
      store.delete(shard.rollupKey());
    }
    Path scratch = Files.createTempFile(scratchFolder, "rollup-", ".parquet");
    try (LocalCopy copy = store.open(shard.shardKey())) {
      boolean isWorthIt =
          RollupWriter.write(
              scratch, shard.writer(), shard.stream(), shard.name(), copy.path(), rule);
      if (!isWorthIt) {
        return Result.NOTHING;
      }
      store.publish(shard.rollupKey(), scratch);
      return new Result(0, 1, Files.size(scratch), 0, List.of());
    } catch (FileAlreadyExistsException e) {
      return new Result(1, 0, 0, 0, List.of()); // A merge made it meanwhile.
    } catch (ShardFormatException e) {
      Problem problem = new Problem(shard.shardKey(), String.valueOf(e.getMessage()));
      return new Result(0, 0, 0, 0, List.of(problem));
    } catch (NoSuchFileException e) {
      return Result.NOTHING; // A merge took its place, and made one.
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private boolean isReadable(Place shard) throws IOException {
    try (LocalCopy copy = store.openAnew(shard.rollupKey());
        RollupReader rollup =
            RollupReader.open(copy.path(), shard.writer(), shard.stream(), shard.name())) {
      rollup.check();
      return true;
    } catch (ShardFormatException | NoSuchFileException e) {
      return false;
    }
  }

  /** Removes all roll-ups of a run. */
  public Result delete(RunKey run) throws IOException {
    Set<String> there = new TreeSet<>();
    store.list(run.rollupsPrefix()).objects().forEach(object -> there.add(object.key()));
    Result removed = remove(there);
    store.removeEmptyFolders(run.rollupsPrefix());
    return removed;
  }

  private Result remove(Set<String> keys) throws IOException {
    for (String key : keys) {
      store.delete(key);
    }
    return new Result(0, 0, 0, keys.size(), List.of());
  }
}
