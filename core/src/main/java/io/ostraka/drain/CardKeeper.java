package io.ostraka.drain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardFormatException;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.journal.ControlFile;
import io.ostraka.journal.JournalHeader;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a living writer's card fresh: it is replaced when it says something new, and when a
 * heartbeat is due and the writer's process beats. Not safe for threads.
 */
final class CardKeeper {
  private static final int BEATS_UNTIL_STALLED = 4;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final DrainSettings settings;
  private final ControlFile control;
  private final WriterKey writer;
  private final WriterCard card;
  private final long interval;
  private boolean changed;

  /** Whether there is a card in the root, since this one looked or wrote it. */
  private boolean stored;

  private String state = "running";
  private long dropped;
  private long lastCard;
  private long lastBeat;
  private long lastBeatSeen;
  private long nextDrainerBeat;
  private long nextLookAtEdits;

  CardKeeper(DrainSettings settings, ControlFile control, JournalHeader header) {
    this.settings = settings;
    this.control = control;
    this.writer = header.writer();
    this.card = new WriterCard(header);
    this.interval = header.heartbeat().toNanos();
    this.dropped = control.dropped();
    this.lastBeat = control.beat();
    long now = settings.ticks().getAsLong();
    this.lastCard = now - SECOND;
    this.lastBeatSeen = now;
    this.nextDrainerBeat = now;
    this.nextLookAtEdits = now;
  }

  /** Takes in a change of the card. */
  void merge(ObjectNode change) {
    card.merge(change);
    changed = true;
  }

  /** Whether a change waits to be written. */
  boolean hasChanged() {
    return changed;
  }

  WriterCard card() {
    return card;
  }

  /** Tells the writer that somebody drains, and looks whether its process beats. */
  void beat() {
    long now = settings.ticks().getAsLong();
    if (now - nextDrainerBeat >= 0) {
      control.drainerBeat(control.drainerBeat() + 1);
      nextDrainerBeat = now + SECOND;
    }
    long beat = control.beat();
    if (beat != lastBeat) {
      lastBeat = beat;
      lastBeatSeen = now;
    }
  }

  /**
   * Whether it is time to replace the card.
   *
   * @param lastPublish the tick of the last publish, which counts as a heartbeat
   * @param soon whether a change is written at once, and not at most once a second
   */
  boolean isDue(long lastPublish, boolean soon) {
    long now = settings.ticks().getAsLong();
    boolean news = changed || !stateNow(now).equals(state) || control.dropped() != dropped;
    boolean rested = now - lastCard >= SECOND;
    boolean quiet = now - Math.max(lastCard, lastPublish) >= interval;
    boolean heartbeat = quiet && now - lastBeatSeen < 2 * interval;
    return heartbeat || (news && (rested || soon));
  }

  /** Replaces the card. */
  void replace(ShardStore root) throws IOException {
    long now = settings.ticks().getAsLong();
    dropped = control.dropped();
    state = stateNow(now);
    root.replace(writer.cardKey(), card.running(state, dropped, settings.clock().instant()));
    stored = true;
    changed = false;
    lastCard = now;
  }

  private String stateNow(long now) {
    return now - lastBeatSeen > BEATS_UNTIL_STALLED * interval ? "stalled" : "running";
  }

  /**
   * Looks whether there is a card already; in a bucket the client does not write the first one, and
   * it is then due at once.
   */
  void begin(ShardStore root) throws IOException {
    if (root.exists(writer.cardKey())) {
      stored = true;
    } else {
      changed = true;
    }
  }

  /**
   * Looks with each heartbeat whether a person has deleted the run, or whether it is gone for good.
   *
   * @throws IOException if so
   */
  void checkNotDeleted(ShardStore root) throws IOException {
    long now = settings.ticks().getAsLong();
    if (now - nextLookAtEdits < 0) {
      return;
    }
    try {
      Card edits = Card.parse(root.read(writer.run().metaKey()));
      if (edits.deletedAt().isPresent()) {
        throw new IOException(
            "Run %s was deleted; its journal is kept until somebody removes it or restores the run"
                .formatted(writer.run().run()));
      }
    } catch (NoSuchFileException e) {
      checkCardIsThere(root);
    } catch (ShardFormatException e) {
      // A damaged card deletes nothing; readers and the doctor say what is wrong with it.
    }
    nextLookAtEdits = now + interval;
  }

  /** Nobody has edited the run, or its edits went with it: last of all that a purge removes. */
  private void checkCardIsThere(ShardStore root) throws IOException {
    if (stored && root.isPrepared(writer.prefix()) && !root.exists(writer.cardKey())) {
      throw new IOException(
          "The card of writer %s is gone from %s: the run was deleted; its journal is kept until somebody removes it"
              .formatted(writer.writer(), root.root()));
    }
  }
}
