package io.ostraka.edit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.Catalog;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Removes deleted runs for good. {@code meta.json}, which hides the run, goes last, so that a purge
 * that was stopped at any point leaves a hidden run, and the next purge removes the rest.
 */
public final class RunPurge {
  /** A writer that has not heard of the deletion yet may publish a little more. */
  private static final int ROUNDS = 5;

  private final ShardStore store;
  private final Catalog catalog;
  private final Clock clock;
  private final RunEdits edits;

  /** When a run may be purged. */
  public enum When {
    /** Once it has been deleted for {@link RunEdits#UNDO}. */
    DUE,
    /** Now, deleted before or not, unless it still runs. */
    NOW,
    /** Now, even if it runs; its agent notices within a heartbeat and keeps the journal. */
    NOW_EVEN_IF_RUNNING
  }

  /**
   * What a purge removed.
   *
   * @param objects how many objects
   * @param sizeBytes how long they were together
   */
  public record Purged(int objects, long sizeBytes) {}

  /** A purge of the runs of one root; does not close the store. */
  public RunPurge(ShardStore store, Clock clock) {
    this.store = store;
    this.catalog = new Catalog(store);
    this.clock = clock;
    this.edits = new RunEdits(store, clock);
  }

  /** The deleted runs of a project, by id. */
  public List<DeletedRun> deleted(String project) throws IOException {
    List<DeletedRun> deleted = new ArrayList<>();
    for (RunKey run : catalog.runKeys(project)) {
      if (catalog.namesBelow(run).contains("meta.json")) {
        deleted(run).ifPresent(deleted::add);
      }
    }
    return deleted;
  }

  /** A run if it is deleted. */
  public Optional<DeletedRun> deleted(RunKey run) throws IOException {
    Card meta = card(run.metaKey());
    Optional<Instant> deletedAt = meta.deletedAt();
    if (deletedAt.isEmpty()) {
      return Optional.empty();
    }
    List<StoredObject> objects = store.list(run.prefix()).objects();
    return Optional.of(
        new DeletedRun(
            run,
            meta.name().or(() -> nameByItsWriters(objects)),
            deletedAt.get(),
            meta.json().hasNonNull(RunEdits.PURGED_AT),
            objects.size(),
            objects.stream().mapToLong(StoredObject::sizeBytes).sum()));
  }

  /**
   * Removes a run for good.
   *
   * @throws NoSuchFileException if there is no such run
   * @throws IOException if it may not go yet, or the store fails; the run then stays hidden, and
   *     purging it again goes on
   */
  public Purged purge(RunKey run, When when) throws IOException {
    checkMayGo(run, when);
    String now = clock.instant().toString();
    edits.edit(
        run,
        meta -> {
          ObjectNode change = JsonNodeFactory.instance.objectNode().put(RunEdits.PURGED_AT, now);
          return meta.deletedAt().isPresent() ? change : change.put(RunEdits.DELETED_AT, now);
        });
    Purged purged = removeAllButEdits(run);
    store.delete(RunKey.runIndexKey(run.project())); // It may tell of the run.
    store.delete(run.metaKey());
    store.removeEmptyFolders(run.prefix());
    return purged;
  }

  private void checkMayGo(RunKey run, When when) throws IOException {
    String which = "run %s of project %s".formatted(run.run(), run.project());
    Optional<DeletedRun> deleted = deleted(run);
    if (when == When.DUE) {
      Instant from =
          deleted
              .orElseThrow(() -> new IOException("Cannot purge " + which + ": it is not deleted"))
              .purgeableAt();
      if (clock.instant().isBefore(from) && !deleted.get().purging()) {
        throw new IOException(
            "Cannot purge %s before %s: until then it can be taken back; --now does not wait"
                .formatted(which, from));
      }
    }
    WriterState state = catalog.state(run);
    boolean runs = state == WriterState.RUNNING || state == WriterState.STALLED;
    if (runs && when != When.NOW_EVEN_IF_RUNNING) {
      throw new IOException(
          "Cannot remove %s: it is %s; end it first, or say --force"
              .formatted(which, state.text()));
    }
  }

  private Purged removeAllButEdits(RunKey run) throws IOException {
    int objects = 0;
    long sizeBytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<StoredObject> left =
          store.list(run.prefix()).objects().stream()
              .filter(object -> !object.key().equals(run.metaKey()))
              .toList();
      for (StoredObject object : left) {
        store.delete(object.key());
        objects++;
        sizeBytes += object.sizeBytes();
      }
      store.removeEmptyFolders(run.prefix());
      if (left.isEmpty()) {
        return new Purged(objects, sizeBytes);
      }
    }
    throw new IOException(
        "Run %s of project %s is still being written; end its program, then purge it again"
            .formatted(run.run(), run.project()));
  }

  private Optional<String> nameByItsWriters(List<StoredObject> objects) {
    return objects.stream()
        .map(StoredObject::key)
        .filter(key -> key.endsWith("/writer.json") || key.endsWith("/end.json"))
        .map(this::card)
        .flatMap(card -> card.name().stream())
        .findFirst();
  }

  private Card card(String key) {
    try {
      return Card.parse(store.read(key));
    } catch (IOException e) {
      return Card.empty(); // Absent, or damaged: then it hides nothing and names nothing.
    }
  }
}
