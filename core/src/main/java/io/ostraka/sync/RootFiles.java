package io.ostraka.sync;

import io.ostraka.Names;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.WriterId;
import io.ostraka.store.Listing;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a listing has of runs. What is derived (its name begins with {@code _}) is made anew where
 * it is wanted; what has no place in the layout is other people's. Neither is copied.
 */
final class RootFiles {
  /** The folder of large blobs. */
  static final String BLOBS = "files";

  /** The stream of small ones. */
  static final String SMALL_BLOBS = "blobs";

  private static final Pattern BLOB = Pattern.compile("[0-9a-f]{64}\\.[a-z0-9]{1,16}");

  private final SortedMap<RunKey, RunFiles> runs = new TreeMap<>();
  private final Instant listedAt;
  private int foreign;

  private RootFiles(Instant listedAt) {
    this.listedAt = listedAt;
  }

  /** Lists prefixes, one after the other. */
  static RootFiles list(ShardStore store, List<String> prefixes) throws IOException {
    RootFiles files = null;
    for (String prefix : prefixes) {
      Listing listing = store.list(prefix);
      if (files == null) {
        files = new RootFiles(listing.listedAt());
      }
      listing.objects().forEach(files::take);
    }
    return files == null ? new RootFiles(Instant.EPOCH) : files;
  }

  SortedMap<RunKey, RunFiles> runs() {
    return runs;
  }

  /** What there is of a run, nothing if it is not there. */
  RunFiles run(RunKey key) {
    RunFiles run = runs.get(key);
    return run == null ? new RunFiles(key) : run;
  }

  /** When it was listed, by the store's own clock. */
  Instant listedAt() {
    return listedAt;
  }

  /** How many objects have no place in the layout. */
  int foreign() {
    return foreign;
  }

  private void take(StoredObject object) {
    String[] parts = object.key().split("/", -1);
    for (String part : parts) {
      if (part.startsWith("_")) {
        return;
      }
    }
    if (!takeInPlace(object, parts)) {
      foreign++;
    }
  }

  private boolean takeInPlace(StoredObject object, String[] parts) {
    if (parts.length < 3 || parts.length > 5) {
      return false;
    }
    Optional<RunKey> key =
        Names.ofFolder("project=", parts[0])
            .flatMap(
                project -> Names.ofFolder("run=", parts[1]).map(run -> new RunKey(project, run)));
    if (key.isEmpty()) {
      return false;
    }
    if (parts.length == 3) {
      return parts[2].equals("meta.json") && takeMeta(key.get(), object);
    }
    String id = parts[2].startsWith("writer=") ? parts[2].substring("writer=".length()) : "";
    return WriterId.isWriterId(id) && takeOfWriter(key.get(), new WriterId(id), object, parts);
  }

  private boolean takeMeta(RunKey key, StoredObject object) {
    open(key).takeMeta(object);
    return true;
  }

  private boolean takeOfWriter(RunKey key, WriterId id, StoredObject object, String[] parts) {
    if (parts.length == 4) {
      switch (parts[3]) {
        case "writer.json" -> open(key).open(id).takeCard(object);
        case "end.json" -> open(key).open(id).takeEnd(object);
        default -> {
          return false;
        }
      }
      return true;
    }
    if (parts[3].equals(BLOBS)) {
      if (!BLOB.matcher(parts[4]).matches()) {
        return false;
      }
      open(key).open(id).takeBlob(object);
      return true;
    }
    Optional<ShardName> name = ShardName.parse(parts[4]);
    name.ifPresent(shard -> open(key).open(id).takeShard(parts[3], shard, object));
    return name.isPresent();
  }

  private RunFiles open(RunKey key) {
    return runs.computeIfAbsent(key, RunFiles::new);
  }
}
