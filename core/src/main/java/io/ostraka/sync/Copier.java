package io.ostraka.sync;

import io.ostraka.ShardFormatException;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import io.ostraka.sync.LeftOutException.Why;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Does the tasks of one round. What is wrong with an object of the source leaves out that object;
 * what is wrong with the target ends the round. Safe for threads.
 */
final class Copier {
  /** So many objects may be unreadable before that is taken for the source's own trouble. */
  private static final int MOST_UNREADABLE = 20;

  /** So often an object is copied before the target is taken for one that does not keep it. */
  private static final int MOST_COPIES = 3;

  private final ShardStore source;
  private final ShardStore target;
  private final SyncSettings settings;
  private final Known known;
  private final Tally tally;

  /** Writers of which something is missing that may be there the next time. */
  private final Set<WriterKey> incomplete = ConcurrentHashMap.newKeySet();

  private final AtomicInteger vanished = new AtomicInteger();
  private final AtomicInteger unreadable = new AtomicInteger();
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger writtenAgain = new AtomicInteger();

  Copier(ShardStore source, ShardStore target, SyncSettings settings, Known known, Tally tally) {
    this.source = source;
    this.target = target;
    this.settings = settings;
    this.known = known;
    this.tally = tally;
  }

  /** Whether objects were gone before they were copied, so that listing again helps. */
  boolean anyVanished() {
    return vanished.get() > 0;
  }

  /** Whether immutable objects were written, which the next listing is to show. */
  boolean anyWritten() {
    return written.get() > 0;
  }

  /** Whether among them were some that a round before had written. */
  boolean anyWrittenAgain() {
    return writtenAgain.get() > 0;
  }

  /** Does one task. */
  void run(SyncTask task) throws IOException {
    try {
      switch (task.kind()) {
        case CARD -> card(task);
        case BLOB, SHARD -> immutable(task);
        case END -> end(task);
      }
      tally.solved(task.key());
    } catch (LeftOutException e) {
      leaveOut(task, e);
    }
  }

  private void leaveOut(SyncTask task, LeftOutException e) throws IOException {
    switch (e.why()) {
      case VANISHED -> {
        vanished.incrementAndGet();
        incomplete.add(task.writer());
        return;
      }
      case DAMAGED -> known.damaged.add(task.source());
      case DIFFERENT -> task.target().ifPresent(known.sound::add);
      case UNREADABLE -> {
        incomplete.add(task.writer());
        if (unreadable.incrementAndGet() > MOST_UNREADABLE) {
          throw new IOException(e.message(), e);
        }
      }
    }
    tally.problem(task.key(), e.message());
  }

  private void card(SyncTask task) throws IOException, LeftOutException {
    byte[] bytes = ofSource(() -> source.read(task.key()));
    Optional<Card> card = parse(task, bytes);
    card.ifPresent(read -> known.cards.put(task.writer(), read));
    Optional<byte[]> there = task.target().isEmpty() ? Optional.empty() : atTarget(task.key());
    if (there.isPresent() && hasOrIsLater(there.get(), bytes, card)) {
      known.settledCards.add(task.source());
      tally.present();
      return;
    }
    if (!settings.dryRun()) {
      target.replace(task.key(), bytes);
      known.settledCards.add(task.source());
    }
    tally.copied(task.writer().run(), bytes.length);
  }

  /** Whether the target's card is the same, or was written later: then the source is the copy. */
  private static boolean hasOrIsLater(byte[] there, byte[] bytes, Optional<Card> card) {
    if (Arrays.equals(there, bytes)) {
      return true;
    }
    try {
      Optional<Instant> beat = Card.parse(there).heartbeatAt();
      Optional<Instant> here = card.flatMap(Card::heartbeatAt);
      return beat.isPresent() && here.isPresent() && beat.get().isAfter(here.get());
    } catch (ShardFormatException e) {
      return e.isNewer();
    }
  }

  private void end(SyncTask task) throws IOException, LeftOutException {
    if (incomplete.contains(task.writer())) {
      return;
    }
    byte[] bytes = ofSource(() -> source.read(task.key()));
    parse(task, bytes);
    Optional<byte[]> there = task.target().isEmpty() ? Optional.empty() : atTarget(task.key());
    if (there.isPresent() && Arrays.equals(there.get(), bytes)) {
      task.target().ifPresent(known.sound::add);
      tally.present();
      return;
    }
    if (!settings.dryRun()) {
      countCopy(task);
      if (there.isPresent()) {
        target.replace(task.key(), bytes);
      } else {
        create(task.key(), bytes);
      }
    }
    tally.copied(task.writer().run(), bytes.length);
  }

  private void create(String key, byte[] bytes) throws IOException {
    try {
      target.create(key, bytes);
    } catch (FileAlreadyExistsException e) {
      return; // An attempt that seemed to fail, or another sync; the next listing tells its size.
    }
  }

  private void immutable(SyncTask task) throws IOException, LeftOutException {
    if (task.target().isEmpty()) {
      if (task.cover().isEmpty() || !isSound(task, task.cover().get())) {
        copy(task);
      }
    } else if (settings.verify()) {
      verify(task, task.target().get());
    } else if (!isSound(task, task.target().get())) {
      copy(task);
    }
  }

  /** Whether an object of the target is what its name says; its size is not the source's. */
  private boolean isSound(SyncTask task, StoredObject there) throws IOException {
    if (known.unsound.contains(there)) {
      return false;
    }
    try (LocalCopy copy = target.openAnew(there.key())) {
      Contents.check(task.at(there), copy.path());
      known.sound.add(there);
      tally.present();
      return true;
    } catch (ShardFormatException e) {
      known.unsound.add(there);
      return false;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void copy(SyncTask task) throws IOException, LeftOutException {
    if (settings.dryRun()) {
      tally.copied(task.writer().run(), task.source().sizeBytes());
      return;
    }
    try (LocalCopy copy = ofSource(() -> source.openAnew(task.key()))) {
      check(() -> Contents.check(task, copy.path()));
      put(task, copy.path());
    }
  }

  /** Puts an object whose bytes are good. */
  private void put(SyncTask task, Path file) throws IOException, LeftOutException {
    long bytes = ofSource(() -> Files.size(file));
    if (!settings.dryRun()) {
      countCopy(task);
      if (task.target().isPresent()) {
        target.delete(task.key()); // It is cut short or damaged: nobody could read it.
      }
      try {
        target.publish(task.key(), file);
      } catch (FileAlreadyExistsException e) {
        return; // As above.
      } catch (IOException e) {
        if (!Files.exists(file)) {
          throw new LeftOutException(Why.VANISHED, e);
        }
        throw e;
      }
    }
    tally.copied(task.writer().run(), bytes);
  }

  private void countCopy(SyncTask task) throws IOException {
    int times = known.copied.merge(task.key(), 1, Integer::sum);
    written.incrementAndGet();
    writtenAgain.addAndGet(times > 1 ? 1 : 0);
    if (times > MOST_COPIES) {
      throw new IOException(
          "%s was copied %d times, and %s does not list it, or lists it with another size; look what else writes there"
              .formatted(task.key(), MOST_COPIES, target.root()));
    }
  }

  private void verify(SyncTask task, StoredObject there) throws IOException, LeftOutException {
    try (LocalCopy mine = ofSource(() -> source.openAnew(task.key()));
        LocalCopy theirs = target.openAnew(there.key())) {
      if (ofSource(() -> Files.mismatch(mine.path(), theirs.path())) < 0) {
        known.sound.add(there);
        tally.present();
        return;
      }
      boolean isWhole = isWhole(task.at(there), theirs.path());
      check(() -> Contents.checkWhole(task, mine.path()));
      if (!isWhole) {
        put(task, mine.path());
      } else if (Contents.sameRows(task, mine.path(), theirs.path())) {
        known.sound.add(there); // Another version encoded it.
      } else {
        throw new LeftOutException(
            Why.DIFFERENT,
            "%s can be read here and there, and is not the same; find out which is right, remove the other, and sync again"
                .formatted(task.key()));
      }
    } catch (NoSuchFileException e) {
      throw new LeftOutException(Why.VANISHED, e);
    }
  }

  private static boolean isWhole(SyncTask task, Path file) throws IOException {
    try {
      Contents.checkWhole(task, file);
      return true;
    } catch (ShardFormatException e) {
      return false;
    }
  }

  private Optional<byte[]> atTarget(String key) throws IOException {
    try {
      return Optional.of(target.read(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** A card, nothing if it is of a newer format: its bytes are copied as they are. */
  private static Optional<Card> parse(SyncTask task, byte[] bytes) throws LeftOutException {
    try {
      return Optional.of(Card.parse(bytes));
    } catch (ShardFormatException e) {
      if (e.isNewer()) {
        return Optional.empty();
      }
      throw new LeftOutException(
          Why.DAMAGED, "Cannot read %s: %s".formatted(task.key(), e.getMessage()));
    }
  }

  // What follows tells the source's troubles from the target's.

  private interface Taking<T> {
    T take() throws IOException;
  }

  private interface Checking {
    void check() throws IOException;
  }

  private static void check(Checking checking) throws LeftOutException {
    ofSource(
        () -> {
          checking.check();
          return true;
        });
  }

  private static <T> T ofSource(Taking<T> taking) throws LeftOutException {
    try {
      return taking.take();
    } catch (NoSuchFileException e) {
      throw new LeftOutException(Why.VANISHED, e);
    } catch (ShardFormatException e) {
      throw new LeftOutException(Why.DAMAGED, e);
    } catch (AccessDeniedException e) {
      throw new LeftOutException(
          Why.UNREADABLE,
          "Cannot read %s: no permission; allow it, and sync again".formatted(e.getFile()));
    } catch (IOException e) {
      throw new LeftOutException(Why.UNREADABLE, e);
    }
  }
}
