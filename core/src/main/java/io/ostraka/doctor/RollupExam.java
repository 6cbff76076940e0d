package io.ostraka.doctor;

import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardPath;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.shard.RollupReader;
import io.ostraka.shard.RollupRule;
import io.ostraka.shard.RollupWriter;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Examines the roll-ups of one run: each is made anew of its shard and compared. They are derived,
 * so what is wrong with one costs nothing that was logged.
 */
final class RollupExam {
  private static final String WRITER = "writer=";

  /** Whatever rule a roll-up was made by, what it has is in one that was made by this. */
  private static final RollupRule EVERYTHING = new RollupRule(1, 1, 1 << 15);

  private final Tools tools;
  private final RunKey run;
  private final Set<String> shards;
  private final Set<Finding> findings = Collections.synchronizedSet(new TreeSet<>());

  /**
   * An examination.
   *
   * @param shards the keys of all that is listed of the run
   */
  RollupExam(Tools tools, RunKey run, Set<String> shards) {
    this.tools = tools;
    this.run = run;
    this.shards = shards;
  }

  /** Whose roll-up a key is. */
  private record Place(WriterKey writer, ShardPath shard) {
    String shardKey() {
      return writer.shardKey(shard.stream().folder(), shard.name());
    }
  }

  /** Examines everything that lies where roll-ups do. */
  List<Finding> examine(List<StoredObject> objects) throws IOException {
    tools.inParallel(objects, this::examine);
    return List.copyOf(findings);
  }

  private void examine(StoredObject object) throws IOException {
    try {
      Optional<Place> place = place(object.key());
      if (place.isEmpty()) {
        find(Check.ROLLUP_LEFT, object, "it is no roll-up's name");
      } else {
        compare(object, place.get());
      }
    } catch (ShardFormatException e) {
      find(Check.ROLLUP_LEFT, object, String.valueOf(e.getMessage()));
    } finally {
      tools.read(object);
    }
  }

  private Optional<Place> place(String key) {
    String rest = key.substring(run.rollupsPrefix().length());
    int slash = rest.indexOf('/');
    String id = rest.startsWith(WRITER) && slash > 0 ? rest.substring(WRITER.length(), slash) : "";
    if (!WriterId.isWriterId(id)) {
      return Optional.empty();
    }
    return ShardPath.parse(rest.substring(slash + 1))
        .filter(path -> path.stream().isSeries())
        .map(path -> new Place(new WriterKey(run, new WriterId(id)), path));
  }

  private void compare(StoredObject object, Place place) throws IOException {
    if (!shards.contains(place.shardKey())) {
      find(Check.ROLLUP_LEFT, object, "its shard is no more");
      return;
    }
    Path anew = Files.createTempFile("ostraka-rollup", ".parquet");
    try (LocalCopy there = tools.store().open(object.key());
        LocalCopy shard = tools.store().open(place.shardKey())) {
      boolean isThere = write(anew, place, shard.path(), RollupRule.usual());
      if (isThere && Files.mismatch(anew, there.path()) < 0) {
        return;
      }
      try (RollupReader found = open(there.path(), place)) {
        found.check();
        if (write(anew, place, shard.path(), EVERYTHING) && !agree(found, anew, place)) {
          find(Check.ROLLUP_CONTRADICTS, object, "it differs from its shard");
        }
      }
    } catch (NoSuchFileException e) {
      return; // The roll-up, or its shard, went meanwhile: a merge took its place.
    } finally {
      Files.deleteIfExists(anew);
    }
  }

  /* Damage of the shard is told where shards are examined. */
  private static boolean write(Path anew, Place place, Path shard, RollupRule rule)
      throws IOException {
    try {
      return RollupWriter.write(
          anew, place.writer(), place.shard().stream(), place.shard().name(), shard, rule);
    } catch (ShardFormatException e) {
      return false;
    }
  }

  private static boolean agree(RollupReader found, Path anew, Place place) throws IOException {
    try (RollupReader made = open(anew, place)) {
      return found.agreesWith(made);
    }
  }

  private static RollupReader open(Path path, Place place) throws IOException {
    return RollupReader.open(path, place.writer(), place.shard().stream(), place.shard().name());
  }

  private void find(Check check, StoredObject object, String detail) {
    findings.add(new Finding(check, object.key(), detail, new Remedy.RemoveRollup(object.key())));
  }
}
