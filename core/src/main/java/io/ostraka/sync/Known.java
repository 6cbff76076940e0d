package io.ostraka.sync;

import io.ostraka.RunKey;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.store.StoredObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the rounds so far found out, so that the next one does not find it out again. An object is
 * known as it was listed: one that was written since is another. Safe for threads.
 */
final class Known {
  /** Objects of the source that are not what their names say: they are left out. */
  final Set<StoredObject> damaged = ConcurrentHashMap.newKeySet();

  /** Objects of the target that were read and are good, whatever their size. */
  final Set<StoredObject> sound = ConcurrentHashMap.newKeySet();

  /** Shards of the target of which every row was found. */
  final Set<StoredObject> whole = ConcurrentHashMap.newKeySet();

  /** Shards of the target that were read and are not good: they cover nothing. */
  final Set<StoredObject> unsound = ConcurrentHashMap.newKeySet();

  /** Cards of the source that the target has, or has a later one than. */
  final Set<StoredObject> settledCards = ConcurrentHashMap.newKeySet();

  /** The cards of writers of the source, as last read. */
  final Map<WriterKey, Card> cards = new ConcurrentHashMap<>();

  /** People's edits at both sides as they were last brought together. */
  final Map<RunKey, List<Optional<StoredObject>>> settledEdits = new ConcurrentHashMap<>();

  /** Runs that are deleted here or there. */
  final Set<RunKey> hidden = ConcurrentHashMap.newKeySet();

  /** Last cards that a round before this one listed: whatever their writers wrote is listed now. */
  final Set<String> ends = ConcurrentHashMap.newKeySet();

  /** How often an object was copied. */
  final Map<String, Integer> copied = new ConcurrentHashMap<>();
}
