package io.ostraka.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.card.Card;
import io.ostraka.edit.EditMark;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brings people's edits of a run to the target, where people may edit it too.
 *
 * <p>Field by field: what changed at the source since the last sync goes to the target unless it
 * was changed there as well. What the source had then lies beside the target's {@code meta.json}
 * under {@link #BASE}; it is derived, and without it a field that both have stays the target's.
 * Safe for threads.
 */
final class Edits {
  /** The last part of the key of what the source's edits were at the last sync. */
  static final String BASE = "_synced.json";

  /** A purge is each root's own: the objects of the other one are all there. */
  private static final String PURGED_AT = "purged_at";

  private final ShardStore source;
  private final ShardStore target;
  private final SyncSettings settings;
  private final Known known;
  private final Tally tally;

  Edits(ShardStore source, ShardStore target, SyncSettings settings, Known known, Tally tally) {
    this.source = source;
    this.target = target;
    this.settings = settings;
    this.known = known;
    this.tally = tally;
  }

  /** Brings the edits of one run, and notes whether it is deleted at either side. */
  void bring(RunFiles run, RunFiles there) throws IOException {
    List<Optional<StoredObject>> asListed = List.of(run.meta(), there.meta());
    if (asListed.equals(known.settledEdits.get(run.key()))) {
      return;
    }
    boolean isNew = there.writers().isEmpty();
    try {
      boolean isHidden = bring(run.key(), run.meta().isPresent(), isNew);
      if (isHidden) {
        known.hidden.add(run.key());
      } else {
        known.hidden.remove(run.key());
      }
      known.settledEdits.put(run.key(), asListed);
      tally.solved(run.key().metaKey());
    } catch (ShardFormatException e) {
      tally.problem(
          run.key().metaKey(), "Cannot read %s: %s".formatted(run.key().metaKey(), e.getMessage()));
    }
  }

  private boolean bring(RunKey run, boolean isEdited, boolean isNew) throws IOException {
    Optional<byte[]> edits = isEdited ? read(source, run.metaKey()) : Optional.empty();
    Optional<byte[]> before = read(target, run.metaKey());
    if (edits.isEmpty()) {
      return before.isPresent() && isDeleted(Card.parse(before.get()));
    }
    Card mine = Card.parse(edits.get());
    if (isNew && isDeleted(mine)) {
      return true;
    }
    byte[] wanted = mine.json().has(PURGED_AT) ? withoutPurge(mine) : edits.get();
    Optional<byte[]> base = before.isEmpty() ? Optional.empty() : read(target, baseKey(run));
    Merge merge = new Merge(mine, base.isEmpty() ? Card.empty() : Card.parse(base.get()), wanted);
    boolean changes = !Arrays.equals(merge.apply(before).orElseThrow(), before.orElse(null));
    if (changes) {
      tally.copied(run, edits.get().length);
    }
    if (changes && !settings.dryRun()) {
      target.edit(run.metaKey(), merge::apply);
      EditMark.leave(target, run, settings.clock().instant(), merge.after);
    }
    if (!settings.dryRun() && !Arrays.equals(base.orElse(null), wanted)) {
      target.replace(baseKey(run), wanted);
    }
    return isDeleted(mine) || isDeleted(merge.after);
  }

  private static byte[] withoutPurge(Card meta) {
    return meta.merge(JsonNodeFactory.instance.objectNode().putNull(PURGED_AT)).bytes();
  }

  private static boolean isDeleted(Card meta) {
    return meta.deletedAt().isPresent();
  }

  private static String baseKey(RunKey run) {
    return run.prefix() + BASE;
  }

  private static Optional<byte[]> read(ShardStore store, String key) throws IOException {
    try {
      return Optional.of(store.read(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The source's changes since the base, on whatever the target has at that moment. */
  private static final class Merge {
    private final ObjectNode mine;
    private final ObjectNode base;
    private final byte[] wanted;
    private Card after = Card.empty();

    Merge(Card mine, Card base, byte[] wanted) {
      this.mine = mine.json();
      this.base = base.json();
      this.wanted = wanted.clone();
    }

    Optional<byte[]> apply(Optional<byte[]> now) throws IOException {
      if (now.isEmpty()) {
        after = Card.parse(wanted);
        return Optional.of(wanted.clone());
      }
      Card before = Card.parse(now.get());
      ObjectNode theirs = before.json();
      ObjectNode change = JsonNodeFactory.instance.objectNode();
      Set<String> fields = new TreeSet<>();
      mine.fieldNames().forEachRemaining(fields::add);
      base.fieldNames().forEachRemaining(fields::add);
      fields.remove(PURGED_AT);
      for (String field : fields) {
        JsonNode was = base.path(field);
        if (!mine.path(field).equals(was) && theirs.path(field).equals(was)) {
          change.set(
              field, mine.has(field) ? mine.get(field) : JsonNodeFactory.instance.nullNode());
        }
      }
      after = before.merge(change);
      return after.equals(before) ? now : Optional.of(after.bytes());
    }
  }
}
