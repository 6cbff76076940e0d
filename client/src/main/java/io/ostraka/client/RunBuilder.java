package io.ostraka.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.FlushSettings;
import io.ostraka.Names;
import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.drain.Spool;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.JournalReader;
import io.ostraka.journal.TimeBase;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Describes a run before it starts. Not safe for threads. */
public final class RunBuilder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String BASE_32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final int RANKS_AT_FULL_PACE = 16;
  private static final long SMALLEST_SEGMENT_BYTES = 1 << 20;
  private static final int SEGMENTS_OF_A_SPOOL = 8;

  /** How many runs this process has started: a launcher's own id names one run each. */
  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Map<String, String> environment;
  private final ObjectNode card = JsonNodeFactory.instance.objectNode();
  private final SecureRandom random = new SecureRandom();
  private URI root;
  private String project;
  private @Nullable String runId;
  private @Nullable Path spool;
  private int rank;
  private int worldSize;
  private @Nullable FlushSettings flush;
  private Duration closeWithin = Run.PATIENCE;
  private WhenFull whenFull = WhenFull.WAIT;
  private @Nullable Resume resume;
  private OptionalLong resumeStep = OptionalLong.empty();
  private @Nullable String forkRun;
  private long forkStep;
  private boolean rewinds;

  RunBuilder(Map<String, String> environment) {
    this.environment = environment;
    this.root = Roots.address(variable("OSTRAKA_ROOT").orElse("ostraka-runs"));
    this.project = variable("OSTRAKA_PROJECT").orElse("default");
    this.runId = variable("OSTRAKA_RUN_ID").orElse(null);
    this.spool = variable("OSTRAKA_SPOOL").map(Path::of).orElse(null);
    Launcher launcher = Launcher.of(environment);
    this.rank = launcher.rank();
    this.worldSize = launcher.worldSize();
    variable("OSTRAKA_NAME").ifPresent(this::name);
  }

  /** The folder that holds all projects; {@code ./ostraka-runs} unless said otherwise. */
  public RunBuilder root(Path folder) {
    this.root = folder.toAbsolutePath().normalize().toUri();
    return this;
  }

  /**
   * The bucket that holds all projects, as {@code s3://BUCKET/PREFIX}. Starting a run in it speaks
   * to no network unless the run goes on with earlier ones.
   *
   * @throws IllegalArgumentException if it is no address of a folder or a bucket
   */
  public RunBuilder root(URI address) {
    this.root = Roots.check(address);
    return this;
  }

  /** The project that the run belongs to. */
  public RunBuilder project(String name) {
    this.project = name;
    return this;
  }

  /** What people call the run; two random words unless said otherwise. */
  public RunBuilder name(String name) {
    card.put("name", name);
    return this;
  }

  /**
   * The run's id, the same for all processes of a distributed run; made up unless said otherwise.
   */
  public RunBuilder runId(String id) {
    this.runId = id;
    return this;
  }

  /**
   * The run's settings, such as learning rate and batch size.
   *
   * @param config values that Jackson can write as JSON
   */
  public RunBuilder config(Map<String, ?> config) {
    card.set("config", JSON.valueToTree(config));
    return this;
  }

  /** Words to find the run by. */
  public RunBuilder tags(String... tags) {
    card.set("tags", JSON.valueToTree(tags));
    return this;
  }

  /** The group that the run is compared within. */
  public RunBuilder group(String group) {
    card.put("group", group);
    return this;
  }

  /**
   * Which process of a distributed run this is, from 0; read from the launcher's variables unless
   * said otherwise.
   */
  public RunBuilder rank(int newRank) {
    this.rank = newRank;
    return this;
  }

  /**
   * How many processes a distributed run has; read from the launcher's variables unless said
   * otherwise.
   */
  public RunBuilder worldSize(int processes) {
    this.worldSize = processes;
    return this;
  }

  /** When waiting rows are published. */
  public RunBuilder flush(FlushSettings settings) {
    this.flush = settings;
    return this;
  }

  /** The folder on a local disk where the journal lies until it is published. */
  public RunBuilder spool(Path folder) {
    this.spool = folder;
    return this;
  }

  /** What a call does that finds the spool at its limit or its disk full; by default it waits. */
  public RunBuilder whenFull(WhenFull what) {
    this.whenFull = what;
    return this;
  }

  /**
   * How long {@link Run#close} waits for everything to be published; 60 s unless said otherwise.
   */
  public RunBuilder closeWithin(Duration time) {
    this.closeWithin = time;
    return this;
  }

  /**
   * Goes on with the run of {@link #runId}, or without an id with the latest one of {@link #name},
   * if it is there. It reads as one line then: what its earlier writers logged at the step where
   * this one begins, or later, is hidden and not deleted.
   */
  public RunBuilder resume(Resume mode) {
    this.resume = mode;
    return this;
  }

  /** The step at which a resumed run goes on; one after its last unless said otherwise. */
  public RunBuilder resumeStep(long step) {
    this.resumeStep = OptionalLong.of(checkedPast("resumeStep", step));
    return this;
  }

  /**
   * Begins a run that goes on where another one of the project was at a step; pages draw that one's
   * history below it.
   */
  public RunBuilder forkFrom(String run, long step) {
    this.forkRun = run;
    this.forkStep = checkedPast("forkFrom", step);
    return this;
  }

  /** Goes back in the run of {@link #runId} to a step, from which on all before is hidden. */
  public RunBuilder rewindTo(long step) {
    this.rewinds = true;
    return resume(Resume.MUST).resumeStep(checkedPast("rewindTo", step));
  }

  private static long checkedPast(String what, long step) {
    Run.checkStep(step);
    if (step < 0) {
      throw new IllegalArgumentException(
          "The step of " + what + " is " + step + "; give a number from 0");
    }
    return step;
  }

  /**
   * Starts the run: its folder and first card are there when this returns.
   *
   * @throws IllegalArgumentException if a name cannot be one, or if what was said of earlier runs
   *     makes no sense, with the reason
   * @throws java.nio.file.NoSuchFileException if a run that must be there is not
   * @throws java.nio.file.FileAlreadyExistsException if a run that must not be there is
   * @throws IOException if root or spool cannot be written, with the reason
   */
  public Run start() throws IOException {
    worldSize = Math.max(worldSize, rank + 1);
    Optional<String> shared =
        Launcher.sharedRunId(environment, worldSize, STARTED.incrementAndGet());
    String given = runId == null ? shared.orElse(null) : runId;
    checkPast(given);
    Instant now = Instant.now();
    RunKey fresh = new RunKey(project, given == null ? newRunId(now) : given);
    Names.encode(project);
    Names.encode(fresh.run());
    WriterId id = WriterId.of(rank, random.nextLong());
    if (isDisabled()) {
      return Run.disabled(new WriterKey(fresh, id));
    }
    if (worldSize > 1 && rank == 0 && given == null) {
      say(
          "The %d ranks of this job have no run id in common, so each is a run of its own; set OSTRAKA_RUN_ID to one value for all of them"
              .formatted(worldSize));
    }
    TimeBase clock = new TimeBase(now.toEpochMilli(), System.nanoTime());
    Spool open = Spool.open(spool == null ? SpoolFolder.usual(environment) : spool);
    Roots roots = new Roots(environment, RunBuilder::say);
    ShardStore store = roots.open(root);
    boolean byName = given == null && goesOn() && card.has("name");
    RunKey run = byName ? Past.named(store, fresh, card.path("name").asText(), resume) : fresh;
    Past past = past(new Past.Finder(store, open, run, rank, worldSize, RunBuilder::say));
    fillCard(now, past);
    JournalHeader header =
        new JournalHeader(
            new WriterKey(run, id),
            store.root(),
            open.id(),
            bootId(),
            clock,
            atPace(flush == null ? usualFlush() : flush),
            Duration.ofMillis(Math.round(pace() * HEARTBEAT.toMillis())),
            JournalHeader.Progress.start(),
            card);
    return Run.start(header, store, roots::open, open, limits(open), past, closeWithin);
  }

  private FlushSettings usualFlush() {
    FlushSettings usual = Roots.isFolder(root) ? FlushSettings.FOLDER : FlushSettings.BUCKET;
    return new FlushSettings(
        variable("OSTRAKA_FLUSH_SECONDS")
            .map(text -> parse("OSTRAKA_FLUSH_SECONDS", text))
            .orElse(usual.seconds()),
        variable("OSTRAKA_FLUSH_BYTES")
            .map(text -> Math.round(parse("OSTRAKA_FLUSH_BYTES", text)))
            .orElse(usual.bytes()));
  }

  private FlushSettings atPace(FlushSettings settings) {
    return new FlushSettings(Math.min(86_400, pace() * settings.seconds()), settings.bytes());
  }

  private void checkPast(@Nullable String given) {
    if (resumeStep.isPresent() && !goesOn()) {
      throw new IllegalArgumentException(
          "resumeStep needs resume(Resume.ALLOW) or resume(Resume.MUST) beside it");
    }
    if (resume == Resume.MUST && given == null && !card.has("name")) {
      throw new IllegalArgumentException(
          (rewinds ? "rewindTo" : "resume(Resume.MUST)")
              + " needs the run's id or name; give it by runId, OSTRAKA_RUN_ID or name");
    }
    if (forkRun != null && (resume == Resume.MUST || resumeStep.isPresent())) {
      throw new IllegalArgumentException(
          "forkFrom begins a new run; leave out rewindTo, resumeStep and Resume.MUST");
    }
    if (forkRun != null && forkRun.equals(given)) {
      throw new IllegalArgumentException(
          "The run " + given + " cannot be a fork of itself; choose another id, or rewindTo");
    }
  }

  private boolean goesOn() {
    return resume == Resume.ALLOW || resume == Resume.MUST;
  }

  private Past past(Past.Finder finder) throws IOException {
    Past past = resume == null ? Past.none() : finder.resume(resume, resumeStep);
    boolean begins = past.fields().isEmpty();
    return forkRun != null && begins ? finder.fork(forkRun, forkStep) : past;
  }

  private boolean isDisabled() {
    String mode = variable("OSTRAKA_MODE").orElse("on");
    if (!mode.equals("on") && !mode.equals("disabled")) {
      throw new IllegalArgumentException(
          "OSTRAKA_MODE is \"" + mode + "\"; give \"on\" or \"disabled\"");
    }
    return mode.equals("disabled");
  }

  /** Ranks above 0 write fewer shards and cards, the more of them there are. */
  private double pace() {
    return rank == 0 ? 1 : Math.max(1, worldSize / (double) RANKS_AT_FULL_PACE);
  }

  private JournalLimits limits(Spool open) throws IOException {
    long bytes = SpoolFolder.limitBytes(environment, open.folder());
    // What is published is deleted by whole segments: in a small spool they must not be half of it.
    long segment = Math.max(SMALLEST_SEGMENT_BYTES, bytes / SEGMENTS_OF_A_SPOOL & -4096);
    return new JournalLimits(
        bytes,
        whenFull == WhenFull.WAIT ? JournalLimits.USUAL_WAIT : Duration.ZERO,
        (int) Math.min(JournalReader.SEGMENT_BYTES, segment),
        RunBuilder::say);
  }

  private static void say(String line) {
    System.err.println("ostraka: " + line);
  }

  private void fillCard(Instant now, Past past) {
    past.fields()
        .properties()
        .forEach(
            field -> {
              if (!card.has(field.getKey())) {
                card.set(field.getKey(), field.getValue());
              }
            });
    if (!card.has("name")) {
      card.put("name", RunNames.random(random));
    }
    card.put("rank", rank);
    card.put("world_size", worldSize);
    card.put("started_at", now.truncatedTo(ChronoUnit.MILLIS).toString());
    card.put("process_id", ProcessHandle.current().pid());
    card.put("host", host());
    card.putObject("client")
        .put("language", "java")
        .put("version", Optional.ofNullable(version()).orElse("0"))
        .put("runtime", System.getProperty("java.version", ""));
    ProcessHandle.current()
        .info()
        .command()
        .ifPresent(command -> card.putArray("command").add(command).add(mainClass()));
  }

  private static @Nullable String version() {
    return RunBuilder.class.getPackage().getImplementationVersion();
  }

  private static String mainClass() {
    String command = System.getProperty("sun.java.command", "");
    int space = command.indexOf(' ');
    return space < 0 ? command : command.substring(0, space);
  }

  private String newRunId(Instant now) {
    StringBuilder id = new StringBuilder(ID_TIME.format(now)).append('-');
    for (int i = 0; i < 10; i++) {
      id.append(BASE_32.charAt(random.nextInt(BASE_32.length())));
    }
    return id.toString();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static String bootId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      return ""; // only Linux has one
    }
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
  }

  private static double parse(String name, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is \"" + text + "\"; give a number", e);
    }
  }
}
