package io.ostraka.catalog;

import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import io.ostraka.shard.ShardFooter;
import io.ostraka.shard.ShardLayout;
import io.ostraka.store.Fetchers;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.SparseCopy;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a run's snapshot from its listing: reads the cards, checks the footers of shards not met
 * before, and applies the live rule without those that cannot be read.
 */
final class RunReader {
  /** What to do about a listed shard that is gone. */
  enum Vanished {
    /** Say so, that the caller may list again. */
    REPORTED,
    /** Leave it out: the next poll will see what became of it. */
    LEFT_OUT
  }

  /** How old a gap in the rows of a stream is when it is reported. */
  private static final Duration REPORTED_AFTER = Duration.ofMinutes(1);

  private static final String END = "/end.json";
  private static final String CARD = "/writer.json";

  private final ShardStore store;
  private final boolean trustsNames;
  private final ObjectCache<Checked<Card>> cards = new ObjectCache<>();
  private final ObjectCache<Checked<ShardFooter>> footers = new ObjectCache<>();

  private final LeftOut leftOut = new LeftOut();

  /**
   * Runs that have ended, by prefix, for as long as nothing below them changes: most of a project.
   */
  private final ConcurrentSkipListMap<String, Ended> ended = new ConcurrentSkipListMap<>();

  /**
   * A reader.
   *
   * @param trustsNames whether footers are left to whoever reads the rows, and a shard is taken for
   *     what its name says
   */
  RunReader(ShardStore store, boolean trustsNames) {
    this.store = store;
    this.trustsNames = trustsNames;
  }

  /**
   * Reads a run.
   *
   * @return nothing if people deleted it
   * @throws ShardVanishedException if a listed shard is gone and that is to be reported
   */
  Optional<RunSnapshot> read(ListedRun run, Instant listedAt, Vanished vanished)
      throws ShardVanishedException {
    Optional<RunSnapshot> before = known(run);
    if (before.isPresent()) {
      return before;
    }
    return read(run, new Reading(listedAt, vanished, Map.of()));
  }

  /** The same with cards that were read ahead; a listed shard that is gone is left out. */
  Optional<RunSnapshot> read(ListedRun run, Instant listedAt, Map<StoredObject, CardRead> ahead) {
    Optional<RunSnapshot> before = known(run);
    if (before.isPresent()) {
      return before;
    }
    try {
      return read(run, new Reading(listedAt, Vanished.LEFT_OUT, ahead));
    } catch (ShardVanishedException e) {
      throw new IllegalStateException("It was to be left out", e);
    }
  }

  private Optional<RunSnapshot> read(ListedRun run, Reading reading) throws ShardVanishedException {
    Instant listedAt = reading.listedAt;
    Optional<RunSnapshot> now = reading.run(run);
    boolean isDone = now.isPresent() && !reading.waits;
    if (isDone && isForEver(now.get(), run.objects(), listedAt)) {
      ended.put(run.key().prefix(), new Ended(run.objects(), now.get()));
    } else {
      ended.remove(run.key().prefix());
    }
    return now;
  }

  /** The run as it was read before if it has ended and is listed as it was then. */
  private Optional<RunSnapshot> known(ListedRun run) {
    return Optional.ofNullable(ended.get(run.key().prefix()))
        .filter(before -> before.objects().equals(run.objects()))
        .map(Ended::run);
  }

  private static boolean isForEver(RunSnapshot run, List<StoredObject> objects, Instant listedAt) {
    return run.problems().isEmpty()
        && run.writers().stream().allMatch(writer -> writer.state().hasEnded())
        && objects.stream().allMatch(object -> ObjectCache.isSettled(object, listedAt));
  }

  /** Leaves a shard out for a while, as long as it is listed as it is. */
  void leaveOut(LiveShard shard, String message) {
    StoredObject object = new StoredObject(shard.key(), shard.sizeBytes(), shard.modified());
    leftOut.add(object, message);
    ended.clear(); // Made with the shard in them; they are made again when next asked for.
  }

  /** The last card of a writer, empty if it has none that can be read. */
  Card card(ListedRun.ListedWriter writer, Instant listedAt) {
    return new Reading(listedAt, Vanished.LEFT_OUT, Map.of()).card(writer);
  }

  /** Forgets what was read of a run, but not what is left out of it. */
  void forget(RunKey run) {
    cards.retain(run.prefix(), Set.of());
    footers.retain(run.prefix(), Set.of());
    ended.remove(run.prefix());
  }

  /** Forgets what lies below a prefix and is not listed any more. */
  void retain(String prefix, List<StoredObject> listed) {
    Set<String> keys = listed.stream().map(StoredObject::key).collect(Collectors.toSet());
    cards.retain(prefix, keys);
    footers.retain(prefix, keys);
    leftOut.retain(prefix, keys);
    ended
        .subMap(prefix, prefix + Character.MAX_VALUE)
        .values()
        .removeIf(run -> !keys.contains(run.firstKey()));
  }

  /** A card that was read ahead, or why that failed. */
  record CardRead(@Nullable Checked<Card> checked, @Nullable IOException failure) {
    Checked<Card> card() throws IOException {
      if (checked == null) {
        throw Objects.requireNonNull(failure);
      }
      return checked;
    }
  }

  /** Reads all cards of some runs that are not known yet, many at once. */
  Map<StoredObject, CardRead> readAhead(List<ListedRun> runs, Instant listedAt, Fetchers fetchers)
      throws IOException {
    List<StoredObject> wanted = new ArrayList<>();
    for (ListedRun run : runs) {
      if (known(run).isEmpty()) {
        run.meta().ifPresent(wanted::add);
        run.writers().forEach(writer -> writer.end().or(writer::card).ifPresent(wanted::add));
      }
    }
    AtomicBoolean isAway = new AtomicBoolean();
    List<Callable<CardRead>> tasks = new ArrayList<>(wanted.size());
    wanted.forEach(object -> tasks.add(() -> readAhead(object, listedAt, isAway)));
    List<CardRead> read = fetchers.all(tasks, card -> {});
    Map<StoredObject, CardRead> ahead = new HashMap<>();
    for (int i = 0; i < wanted.size(); i++) {
      ahead.put(wanted.get(i), read.get(i));
    }
    return ahead;
  }

  /* Where the store is away, one card says so as well as all. */
  private CardRead readAhead(StoredObject object, Instant listedAt, AtomicBoolean isAway)
      throws IOException {
    try {
      return new CardRead(readCard(object, listedAt), null);
    } catch (FileSystemException e) {
      return new CardRead(null, e);
    } catch (IOException e) {
      if (isAway.getAndSet(true)) {
        throw e;
      }
      return new CardRead(null, e);
    }
  }

  private Checked<Card> readCard(StoredObject object, Instant listedAt) throws IOException {
    boolean isPaidSignOfLife = trustsNames && object.key().endsWith(CARD);
    return isPaidSignOfLife
        ? cards.getSeldom(object, listedAt, o -> readCard(o))
        : cards.get(object, listedAt, o -> readCard(o));
  }

  private Checked<Card> readCard(StoredObject object) throws IOException {
    try {
      return Checked.good(Card.parse(bytes(object)));
    } catch (ShardFormatException e) {
      return Checked.bad("Cannot read " + object.key() + ": " + e.getMessage());
    }
  }

  /* A last card is created once; where it costs a request it is kept as shards are. */
  private byte[] bytes(StoredObject object) throws IOException {
    if (trustsNames && object.key().endsWith(END)) {
      try (LocalCopy copy = store.open(object.key())) {
        byte[] kept = Files.readAllBytes(copy.path());
        if (kept.length == object.sizeBytes()) {
          return kept;
        }
      }
    }
    return store.read(object.key());
  }

  private Checked<ShardFooter> readFooter(
      WriterKey writer, Stream stream, ShardName name, StoredObject object) throws IOException {
    try (SparseCopy copy = store.openSparse(object)) {
      ShardFooter footer = ShardLayout.footer(copy, object.key());
      footer.check(writer, stream, name);
      return Checked.good(footer);
    } catch (ShardFormatException e) {
      return Checked.bad(said(object, e));
    }
  }

  private static String said(StoredObject object, IOException e) {
    if (e instanceof AccessDeniedException) {
      return "Cannot read " + object.key() + ": no permission; allow it";
    }
    return e.getMessage() != null ? e.getMessage() : e.toString();
  }

  /** One reading of one run, which collects what it had to leave out. */
  private final class Reading {
    private final Instant listedAt;
    private final Vanished vanished;
    private final Map<StoredObject, CardRead> ahead;
    private final List<Problem> problems = new ArrayList<>();

    /** Whether there is a gap that is too young to be a problem. */
    private boolean waits;

    Reading(Instant listedAt, Vanished vanished, Map<StoredObject, CardRead> ahead) {
      this.listedAt = listedAt;
      this.vanished = vanished;
      this.ahead = ahead;
    }

    Optional<RunSnapshot> run(ListedRun run) throws ShardVanishedException {
      Optional<Card> meta = run.meta().flatMap(this::card);
      if (meta.flatMap(Card::deletedAt).isPresent()) {
        return Optional.empty();
      }
      List<WriterSnapshot> writers = new ArrayList<>();
      for (ListedRun.ListedWriter writer : run.writers()) {
        writers.add(writer(writer));
      }
      WriterState state = WriterStates.ofRun(writers);
      Card card = RunCards.merge(writers, state, meta);
      return Optional.of(new RunSnapshot(run.key(), card, state, writers, problems));
    }

    Card card(ListedRun.ListedWriter writer) {
      return writer
          .end()
          .flatMap(this::card)
          .or(() -> writer.card().flatMap(this::card))
          .orElseGet(Card::empty);
    }

    private Optional<Card> card(StoredObject object) {
      try {
        CardRead read = ahead.get(object);
        return accepted(object, read != null ? read.card() : readCard(object, listedAt));
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (IOException e) {
        problems.add(new Problem(object.key(), said(object, e)));
        return Optional.empty();
      }
    }

    private WriterSnapshot writer(ListedRun.ListedWriter writer) throws ShardVanishedException {
      Card card = card(writer);
      Map<Stream, List<LiveShard>> shards = new EnumMap<>(Stream.class);
      for (Map.Entry<Stream, Map<ShardName, StoredObject>> entry : writer.shards().entrySet()) {
        List<LiveShard> live = shards(writer.key(), entry.getKey(), entry.getValue());
        if (!live.isEmpty()) {
          shards.put(entry.getKey(), live);
        }
      }
      WriterState state =
          WriterStates.ofWriter(writer.end().isPresent(), card, writer.lastActivity(), listedAt);
      return new WriterSnapshot(writer.key(), card, state, writer.lastActivity(), shards);
    }

    private List<LiveShard> shards(
        WriterKey writer, Stream stream, Map<ShardName, StoredObject> listed)
        throws ShardVanishedException {
      Map<ShardName, StoredObject> readable = new TreeMap<>(listed);
      LiveRule rule = LiveRule.of(readable.keySet());
      while (leaveOutUnreadable(writer, stream, rule, readable)) {
        rule = LiveRule.of(readable.keySet());
      }
      for (LiveRule.Overlap overlap : rule.overlaps()) {
        problems.add(problem(writer.shardKey(stream.folder(), overlap.later()), overlap));
      }
      List<LiveShard> live = new ArrayList<>();
      long next = 0;
      for (ShardName name : rule.live()) {
        if (name.first() > next) {
          gap(writer.streamPrefix(stream.folder()), new ShardName(next, name.first() - 1), listed);
        }
        live.add(liveShard(Objects.requireNonNull(readable.get(name)), name, next));
        next = name.last() + 1;
      }
      return live;
    }

    /*
     * Shards of a stream are published in order, so a gap is a store whose listing lags, or rows
     * that were lost. Nothing waits for it; it is reported once what follows is a minute old.
     */
    private void gap(String folder, ShardName gap, Map<ShardName, StoredObject> listed) {
      Instant since = Instant.MAX;
      for (Map.Entry<ShardName, StoredObject> shard : listed.entrySet()) {
        ShardName name = shard.getKey();
        if (name.first() <= gap.last() && name.last() >= gap.first()) {
          return; // They are there and cannot be read, which was said.
        }
        Instant published = shard.getValue().modified();
        since = name.first() > gap.last() && published.isBefore(since) ? published : since;
      }
      if (since.plus(REPORTED_AFTER).isAfter(listedAt)) {
        waits = true;
        return;
      }
      problems.add(
          new Problem(
              folder + gap.format(),
              "Rows %d to %d of %s are missing, and what follows them was published at %s; everything else is shown, and they are when they come. `ostraka doctor` says more"
                  .formatted(
                      gap.first(), gap.last(), folder, since.truncatedTo(ChronoUnit.SECONDS))));
    }

    /** Whether there were any, so that the rule has to be applied again. */
    private boolean leaveOutUnreadable(
        WriterKey writer, Stream stream, LiveRule rule, Map<ShardName, StoredObject> readable)
        throws ShardVanishedException {
      boolean any = false;
      for (ShardName name : rule.live()) {
        StoredObject object = Objects.requireNonNull(readable.get(name));
        if (!isReadable(writer, stream, name, object)) {
          readable.remove(name);
          any = true;
        }
      }
      return any;
    }

    private boolean isReadable(WriterKey writer, Stream stream, ShardName name, StoredObject object)
        throws ShardVanishedException {
      Optional<String> reason = leftOut.why(object, listedAt);
      if (reason.isPresent()) {
        problems.add(new Problem(object.key(), reason.get()));
        return false;
      }
      if (trustsNames) {
        return true;
      }
      try {
        Checked<ShardFooter> checked =
            footers.get(object, listedAt, o -> readFooter(writer, stream, name, o));
        return accepted(object, checked).isPresent();
      } catch (NoSuchFileException e) {
        if (vanished == Vanished.REPORTED) {
          throw new ShardVanishedException(object.key());
        }
        return false;
      } catch (IOException e) {
        problems.add(new Problem(object.key(), said(object, e)));
        return false;
      }
    }

    private <V> Optional<V> accepted(StoredObject object, Checked<V> checked) {
      if (checked.problem() != null) {
        problems.add(new Problem(object.key(), checked.problem()));
      }
      return Optional.ofNullable(checked.value());
    }
  }

  private static LiveShard liveShard(StoredObject object, ShardName name, long next) {
    long fromRow = Math.max(next, name.first());
    return new LiveShard(object.key(), name, object.sizeBytes(), object.modified(), fromRow);
  }

  private static Problem problem(String key, LiveRule.Overlap overlap) {
    return new Problem(
        key,
        "The shard "
            + key
            + " shares rows "
            + overlap.later().first()
            + " to "
            + overlap.earlier().last()
            + " with "
            + overlap.earlier()
            + "; each row is read once, nothing is lost");
  }

  /**
   * A run that has ended, so that time alone does not change its state.
   *
   * @param objects the listing that it was made from
   */
  private record Ended(List<StoredObject> objects, RunSnapshot run) {
    String firstKey() {
      return objects.get(0).key();
    }
  }
}
