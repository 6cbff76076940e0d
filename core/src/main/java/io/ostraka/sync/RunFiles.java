package io.ostraka.sync;

import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.store.StoredObject;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a listing has of one run. */
final class RunFiles {
  private final RunKey key;
  private final SortedMap<WriterId, WriterFiles> writers = new TreeMap<>();
  private @Nullable StoredObject meta;

  RunFiles(RunKey key) {
    this.key = key;
  }

  RunKey key() {
    return key;
  }

  SortedMap<WriterId, WriterFiles> writers() {
    return writers;
  }

  /** What there is of a writer, nothing if it is not there. */
  WriterFiles writer(WriterId id) {
    WriterFiles writer = writers.get(id);
    return writer == null ? new WriterFiles(new WriterKey(key, id)) : writer;
  }

  /** People's edits. */
  Optional<StoredObject> meta() {
    return Optional.ofNullable(meta);
  }

  void takeMeta(StoredObject object) {
    meta = object;
  }

  WriterFiles open(WriterId id) {
    return writers.computeIfAbsent(id, i -> new WriterFiles(new WriterKey(key, i)));
  }
}
