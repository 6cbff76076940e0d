package io.ostraka.edit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.card.Card;
import io.ostraka.catalog.Catalog;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Edits runs. Every edit is one change of the run's {@code meta.json}, of its own field only, and
 * of two edits at the same moment none is lost. Fields that this version does not know are kept.
 * Safe for threads.
 *
 * <p>Every edit throws {@link NoSuchFileException} if there is no such run, and {@link
 * ShardFormatException} if its {@code meta.json} is damaged or of a newer format: then nothing is
 * changed.
 */
public final class RunEdits {
  /** How long a deleted run can at least be taken back. */
  public static final Duration UNDO = Duration.ofDays(7);

  /** The longest name or tag, in bytes of UTF-8. */
  public static final int TEXT_LIMIT_BYTES = 1024;

  /** The longest note, in bytes of UTF-8: a card is read at every look at the run. */
  public static final int NOTE_LIMIT_BYTES = 65_536;

  static final String DELETED_AT = "deleted_at";
  static final String PURGED_AT = "purged_at";

  private final ShardStore store;
  private final Catalog catalog;
  private final Clock clock;

  /** Edits of the runs of one root; does not close the store. */
  public RunEdits(ShardStore store, Clock clock) {
    this.store = store;
    this.catalog = new Catalog(store);
    this.clock = clock;
  }

  /**
   * Gives a run another name for people; its id stays.
   *
   * @throws IllegalArgumentException if the name is blank, too long, or holds a control character
   */
  public void rename(RunKey run, String name) throws IOException {
    String clean = checkText("name", name);
    edit(run, meta -> change().put("name", clean));
  }

  /**
   * Adds and removes tags. Adding one that is there and removing one that is not changes nothing.
   *
   * @return the tags as they are now
   * @throws IllegalArgumentException if a tag to be added is blank, too long, or holds a control
   *     character
   */
  public List<String> tag(RunKey run, Collection<String> added, Collection<String> removed)
      throws IOException {
    added.forEach(tag -> checkText("tag", tag));
    List<String> ofTheWriters = catalog.run(run).card().tags();
    Card edited =
        edit(
            run,
            meta -> {
              boolean isEdited = meta.json().path("tags").isArray();
              Set<String> tags = new LinkedHashSet<>(isEdited ? meta.tags() : ofTheWriters);
              tags.removeAll(removed);
              added.stream().map(String::strip).forEach(tags::add);
              ArrayNode array = JsonNodeFactory.instance.arrayNode();
              tags.forEach(array::add);
              return change().set("tags", array);
            });
    return edited.tags();
  }

  /**
   * Replaces a run's notes.
   *
   * @param notes any text; empty takes the notes away
   * @throws IllegalArgumentException if they are too long
   */
  public void note(RunKey run, String notes) throws IOException {
    checkNote(notes);
    edit(run, meta -> change().put("notes", notes));
  }

  /**
   * Adds a line to a run's notes.
   *
   * @throws IllegalArgumentException if they would be too long
   */
  public void appendNote(RunKey run, String line) throws IOException {
    Optional<String> ofTheWriters = catalog.run(run).card().notes();
    edit(
        run,
        meta -> {
          String before = meta.notes().or(() -> ofTheWriters).orElse("");
          String after = before.isEmpty() ? line : before.stripTrailing() + "\n" + line;
          checkNote(after);
          return change().put("notes", after);
        });
  }

  /**
   * Deletes a run: it is hidden at once, its objects stay for {@link #UNDO} at least. A run that is
   * deleted already stays deleted since then.
   *
   * @return from when on a purge removes its objects
   */
  public Instant delete(RunKey run) throws IOException {
    String now = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    Card edited =
        edit(run, meta -> meta.deletedAt().isPresent() ? change() : change().put(DELETED_AT, now));
    return edited.deletedAt().orElseThrow().plus(UNDO);
  }

  /**
   * Takes a deleted run back, also after {@link #UNDO}, for as long as no purge has begun.
   *
   * @throws IOException if its objects are going already, or it is not deleted
   */
  public void restore(RunKey run) throws IOException {
    edit(
        run,
        meta -> {
          if (meta.deletedAt().isEmpty()) {
            throw new IOException(
                "Run %s of project %s is not deleted".formatted(run.run(), run.project()));
          }
          if (meta.json().hasNonNull(PURGED_AT)) {
            throw new IOException(
                "Cannot restore run %s of project %s: it was purged, and some of its objects are gone; 'ostraka rm --purge' removes the rest"
                    .formatted(run.run(), run.project()));
          }
          return change().putNull(DELETED_AT);
        });
  }

  /** Changes one or more fields of a run's {@code meta.json}; returns what it has become. */
  Card edit(RunKey run, Change change) throws IOException {
    Editing editing = new Editing(run, change);
    store.edit(run.metaKey(), editing::apply);
    EditMark.leave(store, run, clock.instant(), editing.after);
    return editing.after;
  }

  private static ObjectNode change() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static String checkText(String what, String text) {
    String clean = text.strip();
    if (clean.isEmpty()) {
      throw new IllegalArgumentException("The " + what + " is empty");
    }
    int bytes = clean.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > TEXT_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "The %s is %d bytes long; at most %d".formatted(what, bytes, TEXT_LIMIT_BYTES));
    }
    if (clean.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "The %s holds a control character, such as a line end".formatted(what));
    }
    return clean;
  }

  private static void checkNote(String notes) {
    int bytes = notes.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > NOTE_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "The notes are %d bytes long; at most %d".formatted(bytes, NOTE_LIMIT_BYTES));
    }
  }

  /** What an edit changes, of the card as it is at that moment; an empty change changes nothing. */
  @FunctionalInterface
  interface Change {
    ObjectNode of(Card meta) throws IOException;
  }

  /** One edit, which the store may try several times. */
  private final class Editing {
    private final RunKey run;
    private final Change change;
    private Card after = Card.empty();

    Editing(RunKey run, Change change) {
      this.run = run;
      this.change = change;
    }

    Optional<byte[]> apply(Optional<byte[]> now) throws IOException {
      Card before = Card.empty();
      if (now.isPresent()) {
        before = parse(now.get());
      } else if (catalog.namesBelow(run).isEmpty()) {
        throw new NoSuchFileException(
            store.root() + "/" + run.prefix(),
            null,
            "there is no run \"" + run.run() + "\" in project \"" + run.project() + "\"");
      }
      after = before.merge(change.of(before));
      return after.equals(before) ? now : Optional.of(after.bytes());
    }

    private Card parse(byte[] bytes) throws ShardFormatException {
      try {
        return Card.parse(bytes);
      } catch (ShardFormatException e) {
        throw new ShardFormatException(
            "Cannot edit %s/%s: %s; repair it or move it away"
                .formatted(store.root(), run.metaKey(), e.getMessage()),
            e);
      }
    }
  }
}
