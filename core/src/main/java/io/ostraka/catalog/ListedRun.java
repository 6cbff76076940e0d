package io.ostraka.catalog;

import io.ostraka.Names;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.ShardPath;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.store.StoredObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run as a listing has it: names, sizes and times. Whatever has no place in the layout is
 * ignored, also a folder whose name no name of ours encodes to.
 */
final class ListedRun {
  private static final String PROJECT = "project=";
  private static final String RUN = "run=";
  private static final String WRITER = "writer=";

  private final RunKey key;
  private final List<StoredObject> objects = new ArrayList<>();
  private final Map<WriterId, ListedWriter> writers = new TreeMap<>();
  private @Nullable StoredObject meta;

  private ListedRun(RunKey key) {
    this.key = key;
  }

  /** The runs of a listing, which is ordered by key; those without any writer are none. */
  static List<ListedRun> of(List<StoredObject> objects) {
    Map<String, Optional<ListedRun>> runs = new TreeMap<>();
    for (StoredObject object : objects) {
      int afterProject = object.key().indexOf('/') + 1;
      int afterRun = object.key().indexOf('/', afterProject) + 1;
      if (afterProject > 0 && afterRun > 0) {
        runs.computeIfAbsent(object.key().substring(0, afterRun), ListedRun::atPrefix)
            .ifPresent(run -> run.take(object, object.key().substring(afterRun)));
      }
    }
    return runs.values().stream()
        .flatMap(Optional::stream)
        .filter(run -> !run.writers().isEmpty())
        .toList();
  }

  /** The project whose folder has a name, or nothing. */
  static Optional<String> project(String folder) {
    return Names.ofFolder(PROJECT, folder);
  }

  /** The run whose folder has a name, or nothing. */
  static Optional<String> run(String folder) {
    return Names.ofFolder(RUN, folder);
  }

  /** The writer whose folder has a name, or nothing. */
  static Optional<WriterId> writer(String folder) {
    return Optional.of(folder)
        .filter(f -> f.startsWith(WRITER))
        .map(f -> f.substring(WRITER.length()))
        .filter(WriterId::isWriterId)
        .map(WriterId::new);
  }

  /** The writer below whose prefix a key lies, or nothing. */
  static Optional<WriterKey> writerOf(String key) {
    String[] parts = key.split("/", 4);
    return parts.length < 4
        ? Optional.empty()
        : project(parts[0])
            .flatMap(project -> run(parts[1]).map(run -> new RunKey(project, run)))
            .flatMap(run -> writer(parts[2]).map(writer -> new WriterKey(run, writer)));
  }

  RunKey key() {
    return key;
  }

  /** Everything below the run's prefix, foreign files too. */
  List<StoredObject> objects() {
    return objects;
  }

  Optional<StoredObject> meta() {
    return Optional.ofNullable(meta);
  }

  /** Its writers by id; a folder with neither card nor shard is none. */
  Collection<ListedWriter> writers() {
    return writers.values().stream().filter(ListedWriter::isWriter).toList();
  }

  private static Optional<ListedRun> atPrefix(String prefix) {
    String[] folders = prefix.split("/", -1);
    return project(folders[0])
        .flatMap(project -> run(folders[1]).map(run -> new ListedRun(new RunKey(project, run))));
  }

  private void take(StoredObject object, String rest) {
    objects.add(object);
    if (rest.equals("meta.json")) {
      meta = object;
      return;
    }
    int slash = rest.indexOf('/');
    if (slash > 0) {
      writer(rest.substring(0, slash))
          .ifPresent(
              id ->
                  writers
                      .computeIfAbsent(id, i -> new ListedWriter(new WriterKey(key, i)))
                      .take(object, rest.substring(slash + 1)));
    }
  }

  /** One writer as a listing has it. */
  static final class ListedWriter {
    private final WriterKey key;
    private final Map<Stream, Map<ShardName, StoredObject>> shards = new EnumMap<>(Stream.class);
    private @Nullable StoredObject card;
    private @Nullable StoredObject end;
    private Instant lastActivity = Instant.MIN;

    private ListedWriter(WriterKey key) {
      this.key = key;
    }

    /** The writer as the listing of its own prefix has it. */
    static ListedWriter of(WriterKey key, List<StoredObject> objects) {
      ListedWriter writer = new ListedWriter(key);
      int prefix = key.prefix().length();
      objects.forEach(object -> writer.take(object, object.key().substring(prefix)));
      return writer;
    }

    WriterKey key() {
      return key;
    }

    Optional<StoredObject> card() {
      return Optional.ofNullable(card);
    }

    Optional<StoredObject> end() {
      return Optional.ofNullable(end);
    }

    /** When any of its objects was last written; any publish is a heartbeat. */
    Instant lastActivity() {
      return lastActivity;
    }

    /** All shards of the streams that this version knows. */
    Map<Stream, Map<ShardName, StoredObject>> shards() {
      return shards;
    }

    boolean isWriter() {
      return card != null || end != null || !shards.isEmpty();
    }

    private void take(StoredObject object, String rest) {
      if (object.modified().isAfter(lastActivity)) {
        lastActivity = object.modified();
      }
      if (rest.equals("writer.json")) {
        card = object;
      } else if (rest.equals("end.json")) {
        end = object;
      } else {
        takeShard(object, rest);
      }
    }

    private void takeShard(StoredObject object, String rest) {
      ShardPath.parse(rest)
          .ifPresent(
              path ->
                  shards
                      .computeIfAbsent(path.stream(), s -> new TreeMap<>())
                      .put(path.name(), object));
    }
  }
}
