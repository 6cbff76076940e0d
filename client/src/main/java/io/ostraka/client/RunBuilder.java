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
import io.ostraka.journal.TimeBase;
import io.ostraka.storage.local.LocalShardStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes a run before it starts. Not safe for threads. */
public final class RunBuilder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String BASE_32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final List<String> RANK_VARIABLES =
      List.of("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "JAX_PROCESS_ID");
  private static final List<String> WORLD_SIZE_VARIABLES =
      List.of("WORLD_SIZE", "SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE", "JAX_NUM_PROCESSES");

  private final Map<String, String> environment;
  private final ObjectNode card = JsonNodeFactory.instance.objectNode();
  private final SecureRandom random = new SecureRandom();
  private Path root;
  private String project;
  private @Nullable String runId;
  private @Nullable Path spool;
  private int rank;
  private int worldSize;
  private FlushSettings flush;

  RunBuilder(Map<String, String> environment) {
    this.environment = environment;
    this.root = Path.of(variable("OSTRAKA_ROOT").orElse("ostraka-runs"));
    this.project = variable("OSTRAKA_PROJECT").orElse("default");
    this.runId = variable("OSTRAKA_RUN_ID").orElse(null);
    this.spool = variable("OSTRAKA_SPOOL").map(Path::of).orElse(null);
    this.rank = number(RANK_VARIABLES).orElse(0);
    this.worldSize = number(WORLD_SIZE_VARIABLES).orElse(1);
    this.flush =
        new FlushSettings(
            variable("OSTRAKA_FLUSH_SECONDS")
                .map(text -> parse("OSTRAKA_FLUSH_SECONDS", text))
                .orElse(FlushSettings.FOLDER.seconds()),
            variable("OSTRAKA_FLUSH_BYTES")
                .map(text -> Math.round(parse("OSTRAKA_FLUSH_BYTES", text)))
                .orElse(FlushSettings.FOLDER.bytes()));
    variable("OSTRAKA_NAME").ifPresent(this::name);
  }

  /** The folder that holds all projects; {@code ./ostraka-runs} unless said otherwise. */
  public RunBuilder root(Path folder) {
    this.root = folder;
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

  /**
   * Starts the run: its folder and first card are there when this returns.
   *
   * @throws IllegalArgumentException if a name cannot be one, with the reason
   * @throws IOException if root or spool cannot be written, with the reason
   */
  public Run start() throws IOException {
    Names.encode(project);
    Instant now = Instant.now();
    RunKey run = new RunKey(project, runId == null ? newRunId(now) : runId);
    Names.encode(run.run());
    WriterKey writer = new WriterKey(run, WriterId.of(rank, random.nextLong()));
    TimeBase clock = new TimeBase(now.toEpochMilli(), System.nanoTime());
    fillCard(now);
    Spool open = Spool.open(spool == null ? SpoolFolder.usual(environment) : spool);
    LocalShardStore store = LocalShardStore.open(root.toAbsolutePath().normalize());
    JournalHeader header =
        new JournalHeader(
            writer,
            store.root(),
            open.id(),
            bootId(),
            clock,
            flush,
            HEARTBEAT,
            JournalHeader.Progress.start(),
            card);
    return Run.start(header, store, open, limits(open));
  }

  private JournalLimits limits(Spool open) throws IOException {
    long free = Files.getFileStore(open.folder()).getUsableSpace();
    JournalLimits usual = JournalLimits.forDisk(free);
    return variable("OSTRAKA_SPOOL_LIMIT")
        .map(text -> Math.round(parse("OSTRAKA_SPOOL_LIMIT", text)))
        .map(bytes -> new JournalLimits(bytes, usual.fullWait()))
        .orElse(usual);
  }

  private void fillCard(Instant now) {
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

  private Optional<Integer> number(List<String> names) {
    return names.stream()
        .map(this::variable)
        .flatMap(Optional::stream)
        .filter(text -> text.matches("[0-9]{1,6}"))
        .map(Integer::valueOf)
        .findFirst();
  }

  private static double parse(String name, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is \"" + text + "\"; give a number", e);
    }
  }
}
