package io.ostraka.drain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardFormatException;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.journal.ControlFile;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalReader;
import io.ostraka.journal.JournalSink;
import io.ostraka.journal.Position;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One journal of a spool, as it was a moment ago.
 *
 * @param writer whose id it is
 * @param key whose journal it is; absent if its header cannot be read
 * @param root the root that it is for; absent likewise
 * @param state how its writer does
 * @param waitingBytes how much of it is not published yet
 * @param oldest how long the oldest row waits that is not published, if there is one
 * @param dropped how many points were not accepted
 * @param error what keeps it from being published, in one line, if anything does
 */
public record JournalStatus(
    WriterId writer,
    Optional<WriterKey> key,
    Optional<URI> root,
    State state,
    long waitingBytes,
    Optional<Duration> oldest,
    long dropped,
    Optional<String> error) {

  /** How a journal's writer does. */
  public enum State {
    /** Its process logs, or may. */
    ALIVE,
    /** Its process is there and stands still, as its drainer saw. */
    STALLED,
    /** It closed its run. */
    CLOSED,
    /** Its process ended without closing its run. */
    DEAD;

    /** The word in lower case. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Looks at one journal.
   *
   * @param away the roots that did not answer so far, which are not asked again; takes those that
   *     do not answer now
   */
  static Optional<JournalStatus> read(
      JournalFiles files, StoreOpener stores, Set<URI> away, InstantSource clock)
      throws IOException {
    if (files.segments().isEmpty()) {
      return Optional.empty();
    }
    boolean alive = AliveLock.isHeld(files.alive());
    NameTable names = new NameTable();
    try (JournalReader first = JournalReader.open(files, names);
        JournalReader last = JournalReader.openLast(files, names)) {
      ControlFile control = ControlFile.open(files.control());
      JournalHeader header = first.header();
      long published = control.published();
      first.read(new Row(names, false), published, Long.MAX_VALUE);
      Row oldest = new Row(names, true);
      while (oldest.isEmpty() && first.read(oldest, Long.MAX_VALUE, 1) > 0) {
        // until a row comes
      }
      last.read(new Row(names, false), Long.MAX_VALUE, Long.MAX_VALUE);
      return Optional.of(
          new JournalStatus(
              header.writer().writer(),
              Optional.of(header.writer()),
              Optional.of(header.root()),
              control.closing() ? State.CLOSED : state(alive, header, stores, away),
              Math.max(0, bytes(last.position()) - bytes(published)),
              oldest.age(clock.instant()),
              control.dropped(),
              control.lastError().or(last::bad)));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // beginning, or published meanwhile
    } catch (IOException e) {
      State state = alive ? State.ALIVE : State.DEAD;
      Optional<String> why = Optional.of(String.valueOf(e.getMessage()));
      return Optional.of(
          new JournalStatus(
              files.writer(),
              Optional.empty(),
              Optional.empty(),
              state,
              0,
              Optional.empty(),
              0,
              why));
    }
  }

  private static State state(
      boolean alive, JournalHeader header, StoreOpener stores, Set<URI> away) {
    if (!alive) {
      return State.DEAD;
    }
    if (away.contains(header.root())) {
      return State.ALIVE; // the root is away, and with it the opinion
    }
    try (ShardStore store = stores.open(header.root())) {
      String state = Card.parse(store.read(header.writer().cardKey())).state();
      return state.equals("stalled") ? State.STALLED : State.ALIVE;
    } catch (NoSuchFileException | ShardFormatException e) {
      return State.ALIVE; // its first card is still to come, or cannot be read
    } catch (IOException e) {
      away.add(header.root());
      return State.ALIVE;
    }
  }

  private static long bytes(long position) {
    return Position.segment(position) * JournalReader.SEGMENT_BYTES + Position.offset(position);
  }

  /** Takes in the time of one row, or none at all. */
  private static final class Row implements JournalSink {
    private final NameTable names;
    private final boolean wanted;
    private @Nullable RowBuffer rows;

    Row(NameTable names, boolean wanted) {
      this.names = names;
      this.wanted = wanted;
    }

    @Override
    public @Nullable RowBuffer rows(Stream stream) {
      if (!wanted) {
        return null;
      }
      rows = new RowBuffer(stream, names);
      return rows;
    }

    @Override
    public void card(ObjectNode change) {
      // Not asked for.
    }

    @Override
    public void close(ObjectNode last) {
      // Not asked for.
    }

    boolean isEmpty() {
      return rows == null || rows.size() == 0;
    }

    Optional<Duration> age(Instant now) {
      RowBuffer read = rows;
      if (read == null || read.size() == 0) {
        return Optional.empty();
      }
      Duration age =
          Duration.between(Instant.EPOCH.plus(read.timeMicros(0), ChronoUnit.MICROS), now);
      return Optional.of(age.isNegative() ? Duration.ZERO : age);
    }
  }
}
