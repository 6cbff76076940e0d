package io.ostraka.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Names;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.drain.AliveLock;
import io.ostraka.drain.DrainSettings;
import io.ostraka.drain.Spool;
import io.ostraka.drain.StoreOpener;
import io.ostraka.drain.WriterCard;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.JournalWriter;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A run that is being logged. What a call returned for survives the end of this process; a thread
 * of the run publishes it within a second. Safe for any number of threads.
 *
 * <p>{@code log} and its siblings never throw because of a disk: what could not be accepted is
 * counted, and {@link #flush} and {@link #close} say why.
 */
public final class Run implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long STEP_LIMIT = 1L << 53;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WriterKey writer;

  /** Null for a run that is switched off, which does nothing. */
  private final @Nullable Writing writing;

  private final Duration closeWithin;
  private final Thread atExit;
  private final Map<List<String>, Metrics> known = new ConcurrentHashMap<>();
  private boolean closed;

  private record Writing(JournalWriter journal, OwnDrain drain) {}

  private Run(WriterKey writer, @Nullable Writing writing, Duration closeWithin) {
    this.writer = writer;
    this.writing = writing;
    this.closeWithin = closeWithin;
    this.atExit = new Thread(this::closeAtExit, "ostraka-close");
  }

  /** A run that is written nowhere. */
  static Run disabled(WriterKey writer) {
    return new Run(writer, null, PATIENCE);
  }

  static Run start(
      JournalHeader header,
      ShardStore store,
      StoreOpener stores,
      Spool spool,
      JournalLimits limits,
      Past past,
      Duration closeWithin)
      throws IOException {
    WriterKey writer = header.writer();
    try (store) {
      if (Roots.isFolder(header.root())) {
        store.prepare(writer.prefix());
        byte[] card = new WriterCard(header).running("running", 0, Clock.systemUTC().instant());
        store.replace(writer.cardKey(), card);
      } // In a bucket the drainer writes the first card.
    }
    JournalFiles files = spool.files(writer.writer());
    AliveLock alive =
        AliveLock.create(files.alive())
            .orElseThrow(() -> new IOException("Writer " + writer.writer() + " exists already"));
    try {
      JournalWriter journal = JournalWriter.create(files, header, limits, System::nanoTime);
      journal.startAt(past.firstStep());
      DrainSettings settings =
          new DrainSettings(stores, Clock.systemUTC(), System::nanoTime, new Semaphore(1))
              .withSpareFolders(SpoolFolder.temporary());
      OwnDrain drain =
          OwnDrain.start(spool, files, settings, journal, alive, header.heartbeat(), limits.say());
      Run run = new Run(writer, new Writing(journal, drain), closeWithin);
      Runtime.getRuntime().addShutdownHook(run.atExit);
      return run;
    } catch (IOException | RuntimeException e) {
      alive.close();
      throw e;
    }
  }

  /** The project that the run belongs to. */
  public String project() {
    return writer.run().project();
  }

  /** The run's id. */
  public String id() {
    return writer.run().run();
  }

  /** The id of this process as a writer of the run. */
  public String writerId() {
    return writer.writer().text();
  }

  /**
   * Names metrics that are logged together, for hot loops.
   *
   * @throws IllegalArgumentException if a name cannot be one
   */
  public Metrics metrics(String... names) {
    JournalWriter journal = writing == null ? null : writing.journal();
    return known.computeIfAbsent(List.of(names), list -> new Metrics(journal, list));
  }

  /** Logs a value at a step. Steps may repeat, go backwards and come late. */
  public void log(long step, String name, double value) {
    metrics(name).log(step, value);
  }

  /** Logs two values at a step. */
  public void log(long step, String first, double a, String second, double b) {
    metrics(first, second).log(step, a, b);
  }

  /** Logs three values at a step. */
  public void log(
      long step, String first, double a, String second, double b, String third, double c) {
    metrics(first, second, third).log(step, a, b, c);
  }

  /** Logs any number of values at a step. */
  public void log(long step, Map<String, ? extends Number> values) {
    if (values.isEmpty()) {
      return;
    }
    List<String> names = new ArrayList<>(values.keySet());
    double[] numbers = names.stream().mapToDouble(name -> number(name, values.get(name))).toArray();
    metrics(names.toArray(String[]::new)).log(step, numbers);
  }

  /** Logs values at the greatest step so far + 1, or at 0 or where the run was resumed. */
  public void log(Map<String, ? extends Number> values) {
    log(writing == null ? 0 : writing.journal().nextStep(), values);
  }

  /** Logs a text, for example a sample or JSON, at a step. */
  public void text(long step, String name, String value) {
    String checked = Names.metric(name);
    checkStep(step);
    if (writing == null) {
      return;
    }
    try {
      writing.journal().row(Stream.TEXTS, OptionalLong.of(step), List.of(checked, value));
    } catch (IOException e) {
      writing.drain().keep(e);
    }
  }

  /** Changes settings of the run; null removes one. */
  public void config(Map<String, ?> changes) {
    changeCard("config", changes);
  }

  /**
   * Changes the run's own results, which stand beside those that are computed; null removes one.
   */
  public void summary(Map<String, ?> changes) {
    changeCard("summary", changes);
  }

  /**
   * Returns when everything logged before is published, at most after 60 s.
   *
   * @throws IOException if something is left: what, where it lies, why, and how to publish it
   */
  public void flush() throws IOException {
    flush(PATIENCE);
  }

  /**
   * Returns when everything logged before is published.
   *
   * @param patience how long that may take
   * @throws IOException if something is left: what, where it lies, why, and how to publish it
   */
  public void flush(Duration patience) throws IOException {
    if (writing != null) {
      writing.drain().awaitPublished(writing.journal().wantFlush(), patience);
    }
  }

  /** How many points were not accepted, since the spool was at its limit or its disk full. */
  public long dropped() {
    return writing == null ? 0 : writing.journal().dropped();
  }

  /** Says that the run has failed, and closes it. */
  public void fail(String message) throws IOException {
    close("failed", Optional.of(message));
  }

  /**
   * Ends the run as finished: returns when everything is published, at most after 60 s unless
   * {@link RunBuilder#closeWithin} said otherwise. Does nothing the second time.
   *
   * @throws IOException if something is left: what, where it lies, why, and how to publish it
   */
  @Override
  public void close() throws IOException {
    close("finished", Optional.empty());
  }

  static void checkStep(long step) {
    if (step > STEP_LIMIT || step < -STEP_LIMIT) {
      throw new IllegalArgumentException(
          "Step " + step + " is outside ±2^53, beyond which a page cannot count");
    }
  }

  private void close(String state, Optional<String> failure) throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (writing == null) {
      return;
    }
    removeShutdownHook();
    try (OwnDrain drain = writing.drain()) {
      writing.journal().end(state, failure);
      drain.awaitPublished(writing.journal().wantFlush(), closeWithin);
    }
  }

  private void closeAtExit() {
    try {
      close();
    } catch (IOException e) {
      System.err.println("ostraka: " + e.getMessage());
    }
  }

  private void removeShutdownHook() {
    if (Thread.currentThread() != atExit) {
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException e) {
        // The program is ending already; the hook finds the run closed.
      }
    }
  }

  private void changeCard(String field, Map<String, ?> changes) {
    ObjectNode change = JsonNodeFactory.instance.objectNode();
    change.set(field, JSON.valueToTree(changes));
    if (writing == null) {
      return;
    }
    try {
      writing.journal().card(change);
    } catch (IOException e) {
      writing.drain().keep(e);
    }
  }

  private static double number(String name, @Nullable Number value) {
    if (value == null) {
      throw new IllegalArgumentException("The value of \"" + name + "\" is null");
    }
    return value.doubleValue();
  }
}
