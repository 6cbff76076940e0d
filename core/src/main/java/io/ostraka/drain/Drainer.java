package io.ostraka.drain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardFormatException;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.journal.ControlFile;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalReader;
import io.ostraka.journal.Position;
import io.ostraka.shard.NameTable;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns one journal into published shards and cards. Somebody calls {@link #look} again and again;
 * everything it does can be cut short at any instruction and is taken up by the next drainer.
 *
 * <p>Not safe for threads: one thread looks. {@link #open} gives the journal to one drainer at a
 * time.
 */
public final class Drainer implements AutoCloseable {
  private static final long NANOS = 1_000_000_000L;
  private static final long EARLY_MILLIS = 60_000;
  private static final double EARLY_FACTOR = 10;
  private static final long BAD_PATIENCE_NANOS = 5 * NANOS;
  private static final String DIED = "process died";

  /** What a look found. */
  public enum Outcome {
    /** Nothing to do for now. */
    IDLE,
    /** Rows were read or published; there may be more at once. */
    WORKED,
    /**
     * Everything is published and the last card is written; the journal stays until its writer lets
     * go of it.
     */
    ENDED,
    /** The journal is gone: nothing is left to do. */
    GONE
  }

  private final JournalFiles files;
  private final DrainSettings settings;
  private final Life life;
  private final DrainLog log;
  private final ControlFile control;
  private final JournalReader reader;
  private final WriterKey writer;
  private final CardKeeper card;
  private final WaitingRows waiting;
  private final RangeReader ranges;
  private final RangePublisher publisher;
  private final WriterFolder folder;
  private @Nullable ShardStore store;
  private long lastPublish;
  private long badSince;
  private boolean recovered;
  private boolean ended;

  private Drainer(JournalFiles files, DrainSettings settings, Life life, DrainLog log)
      throws IOException {
    this.files = files;
    this.settings = settings;
    this.life = life;
    this.log = log;
    NameTable names = new NameTable();
    this.reader = JournalReader.open(files, names);
    this.control = openControl(files, life);
    this.writer = reader.header().writer();
    this.card = new CardKeeper(settings, control, reader.header());
    this.waiting = new WaitingRows(names, settings.ticks(), card::merge);
    this.ranges = new RangeReader(reader, waiting, log, settings.rows());
    this.folder = new WriterFolder(writer, reader.header().root(), files.spool());
    StagedShards staged = new StagedShards(files, writer, settings);
    this.publisher =
        new RangePublisher(files, folder, log, reader, waiting, ranges, staged, this::published);
    this.lastPublish = settings.ticks().getAsLong();
    this.badSince = lastPublish;
  }

  /**
   * Takes over a journal.
   *
   * @return nothing if another drainer has it
   * @throws NoSuchFileException if there is no journal, or not yet
   * @throws StreamCorruptedException if its header is damaged, or only partly there yet
   */
  public static Optional<Drainer> open(JournalFiles files, DrainSettings settings, Life life)
      throws IOException {
    if (files.segments().isEmpty()) {
      throw new NoSuchFileException(files.segment(0).toString(), null, "no journal");
    }
    Optional<DrainLog> log = DrainLog.lock(files);
    if (log.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Drainer(files, settings, life, log.get()));
    } catch (NoSuchFileException e) {
      log.get().close();
      throw wasBegun(files, log.get()) ? lost(files) : e;
    } catch (IOException | RuntimeException e) {
      log.get().close();
      throw e;
    }
  }

  /** Whether a journal without a header is more than one whose writer was killed at once. */
  private static boolean wasBegun(JournalFiles files, DrainLog log) throws IOException {
    List<Integer> segments = files.segments();
    return !segments.isEmpty() && (!log.isEmpty() || !segments.equals(List.of(0)));
  }

  private static StreamCorruptedException lost(JournalFiles files) {
    return new StreamCorruptedException(
        "The header of the journal of %s in %s is lost; its files are kept"
            .formatted(files.writer(), files.spool()));
  }

  /** The control words, of which a power loss may have taken those of a dead writer. */
  private static ControlFile openControl(JournalFiles files, Life life) throws IOException {
    try {
      return ControlFile.open(files.control());
    } catch (NoSuchFileException | ShardFormatException e) {
      if (life.alive()) {
        throw new ShardFormatException(
            "Cannot use %s, which is absent or damaged while its writer lives; what was logged is published once it has ended"
                .formatted(files.control()),
            e);
      }
      return ControlFile.restore(files.control());
    }
  }

  /** Whose journal it is. */
  public WriterKey writer() {
    return writer;
  }

  /** The root that it is published to. */
  public URI root() {
    return reader.header().root();
  }

  /** Has somebody told of every shard that it publishes. */
  void tell(PublishListener listener) {
    publisher.tell(listener);
  }

  /** How many bytes of the journal are published. */
  public long bytesPublished() {
    long position = control.published();
    return Position.segment(position) * JournalReader.SEGMENT_BYTES + Position.offset(position);
  }

  /**
   * Reads what was appended, publishes what is due, and keeps the card fresh.
   *
   * @throws IOException if the root cannot be written now, or the journal not read; nothing is
   *     lost, and looking again later goes on. The writer can read the reason beside its journal
   */
  public Outcome look() throws IOException {
    return look(false);
  }

  /**
   * The same, and publishes whatever was appended until now, due or not.
   *
   * @see #look()
   */
  public Outcome publishNow() throws IOException {
    return look(true);
  }

  private Outcome look(boolean all) throws IOException {
    card.beat();
    try {
      Outcome outcome = work(all);
      control.lastError(Optional.empty());
      return outcome;
    } catch (IOException e) {
      control.lastError(Optional.of(reason(e)));
      if (!waiting.isEmpty()) {
        ranges.startOver(); // whatever it is, it may last for hours
      }
      throw e;
    } catch (RuntimeException | Error e) {
      control.lastError(Optional.of(e.toString()));
      throw e;
    }
  }

  private Outcome work(boolean all) throws IOException {
    // Life is judged first: of a writer that was dead by then, everything is there to be read.
    boolean alive = life.alive();
    if (ended) {
      return alive ? Outcome.ENDED : remove();
    }
    ShardStore root = openStore();
    recover(root);
    card.checkNotDeleted(root);
    if (!publisher.publishDecided(root, alive)) {
      return Outcome.IDLE;
    }
    boolean cut = publisher.isCut();
    boolean drained = cut || (!ranges.read() && !ranges.isStarved());
    boolean last = drained && (reader.closed() || !alive || cut);
    if (isDue(last, all && drained)) {
      publisher.publishWaiting(root);
    }
    if (last) {
      end(root);
      return alive ? Outcome.ENDED : remove();
    }
    if (alive && !reader.closed() && card.isDue(lastPublish, all || flushWanted())) {
      folder.check(root);
      card.replace(root);
    }
    if (waiting.isEmpty() && !card.hasChanged()) {
      publishedUpTo(reader.position());
    }
    checkNotStuck(alive);
    if (drained || ranges.isStarved()) {
      reader.rest();
      return Outcome.IDLE;
    }
    return Outcome.WORKED;
  }

  /** A record of a writer that lives may be on its way, but not for long. */
  private void checkNotStuck(boolean alive) throws IOException {
    long now = settings.ticks().getAsLong();
    if (reader.bad().isEmpty()) {
      badSince = now;
    } else if (alive && now - badSince > BAD_PATIENCE_NANOS) {
      throw new IOException(
          "%s; what follows is read once the writer has ended, as far as it can be"
              .formatted(reader.bad().get()));
    }
  }

  private ShardStore openStore() throws IOException {
    ShardStore open = store;
    if (open == null) {
      open = settings.stores().open(reader.header().root());
      store = open;
    }
    if (!recovered) {
      try {
        folder.check(open);
      } catch (IOException e) {
        open.close();
        store = null;
        throw e;
      }
    }
    return open;
  }

  /** Goes to where the published ranges end. */
  private void recover(ShardStore root) throws IOException {
    if (recovered) {
      return;
    }
    root.removeUnfinished(writer.prefix());
    card.begin(root);
    publisher.recover(root);
    ranges.skipPublished();
    recovered = true;
  }

  /** Takes note of a range that is published. */
  private void published(long end) {
    if (!card.hasChanged()) {
      publishedUpTo(end);
    }
    lastPublish = settings.ticks().getAsLong();
  }

  /** Tells the writer; behind the close record only the last card does so. */
  private void publishedUpTo(long position) {
    if (!reader.closed() && position > control.published()) {
      control.published(position);
    }
  }

  private boolean flushWanted() {
    return control.flushWanted() > control.published();
  }

  private boolean isDue(boolean last, boolean all) {
    if (waiting.isEmpty()) {
      return false;
    }
    boolean asked = flushWanted() && reader.position() >= control.flushWanted();
    double waited = (settings.ticks().getAsLong() - waiting.since()) / (double) NANOS;
    return last
        || all
        || asked
        || ranges.isLarge()
        || ranges.isWantedByOthers(waited)
        || waited >= flushSeconds();
  }

  /**
   * How long rows wait at most. In a bucket, where each shard costs a request, people wait for the
   * first rows of a run as they do in a folder and for later ones longer.
   */
  private double flushSeconds() {
    double seconds = reader.header().flush().seconds();
    boolean inFolder = "file".equals(reader.header().root().getScheme());
    long age = settings.clock().millis() - reader.header().clock().wallMillis();
    return !inFolder && age < EARLY_MILLIS ? seconds / EARLY_FACTOR : seconds;
  }

  /** Writes the last card. */
  private void end(ShardStore root) throws IOException {
    MetricSummaries all = publisher.summaries(root);
    ObjectNode rows = JsonNodeFactory.instance.objectNode();
    for (Stream stream : Stream.values()) {
      rows.put(stream.folder(), log.nextRow(stream));
    }
    Instant now = settings.clock().instant();
    Optional<String> damage = reader.bad();
    byte[] bytes =
        card.card()
            .ended(
                waiting.closeState().orElse("failed"),
                reader.closed()
                    ? waiting.failure()
                    : Optional.of(damage.map(what -> DIED + "; " + what).orElse(DIED)),
                waiting.closedAt(reader.header().clock(), now),
                control.dropped(),
                now,
                rows,
                all);
    folder.check(root);
    try {
      root.create(writer.endKey(), bytes);
    } catch (FileAlreadyExistsException e) {
      // An earlier attempt landed; the first last card stands.
    }
    ended = true;
    control.published(reader.position());
  }

  /** Removes the journal's files, the one that says who lives last. */
  private Outcome remove() throws IOException {
    log.sync();
    if (reader.bad().isPresent()) {
      int damaged = Position.segment(reader.position());
      Files.move(files.segment(damaged), files.damaged(damaged));
    }
    files.deleteAll();
    return Outcome.GONE;
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }

  @Override
  public void close() throws IOException {
    ranges.clear();
    publisher.close();
    reader.close();
    if (store != null) {
      store.close();
    }
    log.close();
  }
}
