package io.ostraka.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.catalog.LiveRule;
import io.ostraka.journal.Position;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One world of writers, machines, a root and readers, whose history a seed decides, down to the
 * file operation at which a process stops. After every step, and at the end when nothing goes wrong
 * any more, it checks what Ostraka promises.
 */
public final class Simulation {
  private static final RunKey RUN = new RunKey("sim", "run");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DAY = Duration.ofDays(1);

  private final SimWorld world;
  private final ShardStore root;
  private final List<SimMachine> machines = new ArrayList<>();
  private final Map<WriterId, SimWriter> writers = new TreeMap<>();
  private final SimCopy copy;
  private final List<SimCompactor> compactors = new ArrayList<>();
  private final List<SimReader> readers = new ArrayList<>();
  private final Map<String, List<ShardName>> ever = new HashMap<>();
  private final Map<WriterId, byte[]> ends = new HashMap<>();
  private int aside;
  private int published;
  private long rows;

  private Simulation(long seed, Path folder, Stores stores) throws IOException {
    world = new SimWorld(seed, folder, stores);
    root = world.root();
    Files.createDirectories(folder.resolve("root"));
    addMachine(false);
    for (int i = 0; i < 3; i++) {
      compactors.add(new SimCompactor(world, folder.resolve("scratch" + i), this::aside));
    }
    FaultyFileSystem files = new FaultyFileSystem();
    copy = new SimCopy(world, RUN, root, writers);
    readers.add(new SimReader(RUN, root, writers));
    readers.add(new SimReader(RUN, new SimStore(world, files, this::aside, false), writers));
  }

  /**
   * Lives one history.
   *
   * @param folder an empty folder for its files
   * @return what happened
   * @throws AssertionError if a promise was broken
   */
  public static Lived run(long seed, Path folder, Stores stores) throws IOException {
    Simulation simulation = new Simulation(seed, folder, stores);
    try {
      simulation.live();
      return new Lived(
          simulation.rows, simulation.published, simulation.world.merges, simulation.world.retired);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError(
          "Seed %d: %s%n%s".formatted(seed, e, String.join("\n", simulation.world.trace())), e);
    }
  }

  /** Opens the root. */
  public interface Stores {
    /**
     * Opens it as a process sees it.
     *
     * @param root the folder, of a file system in which operations fail
     */
    ShardStore open(Path root, ManualClock clock) throws IOException;

    /** Nothing may fail from now on. */
    default void heal() {}
  }

  /**
   * What happened in one history.
   *
   * @param rows how many rows were there in the end, each read once
   * @param shards how many shards were published
   * @param merges how many of them by compaction
   * @param retired how many were removed since
   */
  public record Lived(long rows, int shards, int merges, int retired) {
    Lived plus(Lived other) {
      return new Lived(
          rows + other.rows, shards + other.shards, merges + other.merges, retired + other.retired);
    }
  }

  private void live() throws IOException {
    beginWriter();
    boolean longer = world.chance(0.1);
    int steps = longer ? 400 : 40 + world.random.nextInt(60);
    for (int i = 0; i < steps; i++) {
      step();
      check();
    }
    end();
  }

  private void step() throws IOException {
    if (world.chance(world.active().disaster())) {
      disaster();
      return;
    }
    switch (world.random.nextInt(17)) {
      case 0, 1, 2, 3 -> anyWriter().log();
      case 4, 5, 6, 7, 8 -> anyAgent().look();
      case 9 -> world.pass(Duration.ofMillis(world.random.nextInt(3000)));
      case 10 -> world.pass(Duration.ofSeconds(world.random.nextInt(60)));
      case 11, 12 -> poll();
      case 13 -> world.land(1);
      case 14 -> anyWriter().wantFlush();
      case 15 -> compact();
      default -> rareStep();
    }
  }

  private void rareStep() throws IOException {
    switch (world.random.nextInt(6)) {
      case 0 -> {
        if (writers.size() < 3) {
          beginWriter();
        }
      }
      case 1 -> anyWriter().end(world.random.nextBoolean());
      case 2 -> world.pass(Duration.ofMinutes(20));
      case 3 -> readers.set(0, new SimReader(RUN, root, writers));
      case 4 -> anyMachine().stopAgents();
      default -> {
        if (world.active().disaster() > 0) {
          world.mounted = !world.mounted;
          world.note(world.mounted ? "the root is back" : "the root is away");
        }
      }
    }
  }

  private void disaster() throws IOException {
    switch (world.random.nextInt(6)) {
      case 0, 4 -> losePower(anyMachine());
      case 1 -> loseRecord(anyMachine());
      case 2 -> {
        if (machines.size() < 3) {
          copySpool(machines.get(0));
        }
      }
      case 3 -> copy.copyOnce(this::aside);
      default -> {
        world.note("the clock jumps back a day");
        world.clock.advance(DAY.negated());
      }
    }
  }

  private SimMachine addMachine(boolean copy) throws IOException {
    SimMachine machine = new SimMachine(world.folder.resolve("spool" + machines.size()), copy);
    machine.agents.add(new SimAgent(world, machine, this::aside));
    machine.agents.add(new SimAgent(world, machine, this::aside));
    machines.add(machine);
    return machine;
  }

  private void beginWriter() throws IOException {
    String id = String.format(Locale.ROOT, "r%06d-%016x", writers.size(), writers.size());
    SimMachine machine = machines.get(0);
    SimWriter writer =
        new SimWriter(world, new WriterKey(RUN, new WriterId(id)), machine.folder, machine.synced);
    writers.put(writer.key.writer(), writer);
    machine.writers.put(writer.key.writer(), writer);
    writer.begin();
  }

  private SimWriter anyWriter() {
    return List.copyOf(writers.values()).get(world.random.nextInt(writers.size()));
  }

  private SimMachine anyMachine() {
    return machines.get(world.random.nextInt(machines.size()));
  }

  private SimAgent anyAgent() {
    return anyMachine().agents.get(world.random.nextInt(2));
  }

  /** What others do in the midst of a call of the store. */
  private void aside() throws IOException {
    if (aside > 0 || !world.chance(world.active().aside())) {
      return;
    }
    aside++;
    try {
      switch (world.random.nextInt(6)) {
        case 0 -> anyWriter().log();
        case 1 -> readers.get(0).poll();
        case 2 -> world.land(1);
        case 3 -> compact();
        case 4 -> anyAgent().look();
        default -> world.pass(Duration.ofMillis(world.random.nextInt(2000)));
      }
    } catch (NoSuchFileException e) {
      world.note("a reader meets nothing yet");
    } finally {
      aside--;
    }
  }

  private void compact() throws IOException {
    compactors.get(world.random.nextInt(compactors.size())).compact(anyWriter().key);
  }

  private void poll() throws IOException {
    if (!world.mounted) {
      return;
    }
    try {
      readers.get(world.random.nextInt(readers.size())).poll();
    } catch (ProcessStopped e) {
      readers.set(
          1,
          new SimReader(
              RUN, new SimStore(world, new FaultyFileSystem(), this::aside, false), writers));
    } catch (IOException e) {
      world.note("a reader reads nothing: " + e.getMessage());
    }
  }

  /** Takes what was not synced: the record's tail, and the journal from some place on. */
  private void losePower(SimMachine machine) throws IOException {
    world.note("power loss of " + machine.folder.getFileName());
    machine.stopAgents();
    for (SimWriter writer : machine.writers.values()) {
      if (machine.alive(writer)) {
        writer.stop();
      }
    }
    for (Path file : machine.files()) {
      String name = file.getFileName().toString();
      if (name.endsWith(".drain")) {
        loseTail(file, machine.synced.getOrDefault(file, 0L));
      } else if (name.endsWith(".ctl") && world.chance(0.3)) {
        Files.write(file, new byte[(int) Files.size(file)]);
      } else if (name.contains(".body.") && machine == machines.get(0) && world.chance(0.2)) {
        Files.delete(file);
        loseFrom(machine.writers.get(new WriterId(SimMachine.stem(file))), 0);
      }
    }
    for (SimWriter writer : machine.writers.values()) {
      loseJournal(machine, writer);
    }
  }

  /** Of a file with zeros at its end, as room for more, it is what was said last that is lost. */
  private void loseTail(Path file, long synced) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > synced && bytes[end - 1] == 0) {
      end--;
    }
    int unsynced = (int) Math.max(0, end - synced);
    int lost = unsynced == 0 ? 0 : world.random.nextInt(unsynced + 1);
    Files.write(file, Arrays.copyOf(bytes, end - lost));
  }

  private void loseJournal(SimMachine machine, SimWriter writer) throws IOException {
    List<Integer> segments = writer.journalFiles().segments();
    if (segments.isEmpty() || world.random.nextBoolean() || machine != machines.get(0)) {
      return;
    }
    int segment = segments.get(world.random.nextInt(segments.size()));
    Path file = writer.journalFiles().segment(segment);
    int size = (int) Files.size(file);
    if (size == 0) {
      return; // Its writer was stopped before it had a length.
    }
    int from = world.random.nextInt(size) & ~7;
    int to = world.random.nextBoolean() ? size : Math.min(size, (from + 512) & ~511);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(to - from), from);
    }
    world.note("bytes %d to %d of %s are lost".formatted(from, to, file.getFileName()));
    loseFrom(writer, Position.of(segment, from));
  }

  private void loseFrom(@Nullable SimWriter writer, long position) throws IOException {
    if (writer != null) {
      writer.cut(position, publishedRows(writer));
      writer.endMayLie = true;
    }
  }

  private void loseRecord(SimMachine machine) throws IOException {
    machine.stopAgents();
    for (Path file : machine.files()) {
      String name = file.getFileName().toString();
      if (name.endsWith(".drain") || name.endsWith(".drain.base")) {
        Files.delete(file);
      }
    }
    world.note("the records of " + machine.folder.getFileName() + " are lost");
    machine.writers.values().forEach(writer -> writer.mayOverlap |= world.late() > 0);
  }

  private void copySpool(SimMachine machine) throws IOException {
    SimMachine other = addMachine(true);
    world.note("copy of the spool");
    for (Path file : machine.files()) {
      if (!file.getFileName().toString().startsWith(".")) {
        Files.copy(file, other.folder.resolve(file.getFileName()));
      }
    }
    other.writers.putAll(machine.writers);
    for (SimWriter writer : machine.writers.values()) {
      writer.mayOverlap = true;
      writer.endMayLie = true;
    }
  }

  private Map<Stream, Integer> publishedRows(SimWriter writer) throws IOException {
    Map<Stream, Integer> rows = new EnumMap<>(Stream.class);
    for (Stream stream : Stream.values()) {
      List<ShardName> live = LiveRule.of(names(writer.key, stream)).live();
      rows.put(stream, live.isEmpty() ? 0 : (int) live.get(live.size() - 1).last() + 1);
    }
    return rows;
  }

  private List<ShardName> names(WriterKey writer, Stream stream) throws IOException {
    String prefix = writer.streamPrefix(stream.folder());
    List<ShardName> names = new ArrayList<>();
    for (StoredObject object : root.list(prefix).objects()) {
      if (!world.damaged(object.key())) {
        names.add(ShardName.parse(object.key().substring(prefix.length())).orElseThrow());
      }
    }
    return names;
  }

  private void check() throws IOException {
    Map<String, List<ShardName>> names = new HashMap<>();
    Set<String> others = new HashSet<>();
    for (StoredObject object : root.list(RUN.prefix()).objects()) {
      int name = object.key().lastIndexOf('/') + 1;
      ShardName.parse(object.key().substring(name))
          .filter(shard -> !world.damaged(object.key()))
          .ifPresentOrElse(
              shard ->
                  names
                      .computeIfAbsent(object.key().substring(0, name), key -> new ArrayList<>())
                      .add(shard),
              () -> others.add(object.key()));
    }
    for (SimWriter writer : writers.values()) {
      for (Stream stream : Stream.values()) {
        String folder = writer.key.streamPrefix(stream.folder());
        checkNames(writer, stream, names.getOrDefault(folder, List.of()));
      }
      if (others.contains(writer.key.endKey())) {
        checkEnd(writer);
      }
    }
  }

  private void checkNames(SimWriter writer, Stream stream, List<ShardName> names) {
    List<ShardName> before =
        ever.computeIfAbsent(writer.key.streamPrefix(stream.folder()), unused -> new ArrayList<>());
    for (ShardName name : names) {
      if (!before.contains(name)) {
        published++;
        if (!writer.mayOverlap) {
          assertThat(before)
              .as("ranges disjoint from or nested with %s", name)
              .allMatch(
                  other ->
                      other.last() < name.first()
                          || name.last() < other.first()
                          || other.covers(name)
                          || name.covers(other));
        }
        before.add(name);
      }
    }
    long next = 0;
    for (ShardName name : LiveRule.of(names).live()) {
      assertThat(name.first()).as("no gap before %s of %s", name, stream).isLessThanOrEqualTo(next);
      next = name.last() + 1;
    }
    assertThat(next)
        .as("accepted rows of %s", stream)
        .isLessThanOrEqualTo(writer.rows(stream).size());
  }

  private void checkEnd(SimWriter writer) throws IOException {
    byte[] end = root.read(writer.key.endKey());
    byte[] before = ends.putIfAbsent(writer.key.writer(), end);
    assertThat(before == null ? end : before).as("the last card stays").isEqualTo(end);
  }

  private void end() throws IOException {
    world.heal();
    for (SimWriter writer : writers.values()) {
      if (writer.alive()) {
        writer.end(world.random.nextBoolean());
      }
    }
    world.land(world.random.nextInt(world.late() + 1));
    for (SimMachine machine : machines) {
      machine.stopAgents();
    }
    for (int round = 0; round < 60 && anythingWaits(); round++) {
      for (SimMachine machine : machines) {
        machine.agents.get(0).look();
      }
      world.pass(Duration.ofSeconds(2));
      check();
    }
    for (SimMachine machine : machines) {
      assertThat(machine.waiting()).as("what waits in %s", machine.folder.getFileName()).isEmpty();
    }
    world.land(world.late());
    check();
    compactAll();
    for (SimWriter writer : writers.values()) {
      checkAll(writer);
    }
    checkReaders();
    copy.copyUntilNothingChanges();
    checkSeen(copy.reader());
  }

  private void compactAll() throws IOException {
    for (int round = 0; round < 3; round++) {
      for (SimWriter writer : writers.values()) {
        compactors.get(world.random.nextInt(compactors.size())).compact(writer.key);
        check();
      }
      world.pass(Duration.ofMinutes(10));
    }
  }

  private boolean anythingWaits() throws IOException {
    for (SimMachine machine : machines) {
      if (!machine.waiting().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private void checkAll(SimWriter writer) throws IOException {
    boolean refused = machines.stream().anyMatch(m -> m.refused.contains(writer.key.writer()));
    for (Stream stream : Stream.values()) {
      List<ShardName> live = LiveRule.of(names(writer.key, stream)).live();
      long next = live.isEmpty() ? 0 : live.get(live.size() - 1).last() + 1;
      rows += next;
      if (!refused) {
        assertThat(next)
            .as("rows of %s of %s", stream, writer.key.writer())
            .isBetween((long) writer.sure(stream), (long) writer.rows(stream).size());
      }
      byte[] end = ends.get(writer.key.writer());
      if (end != null && !writer.endMayLie) {
        JsonNode rows = JSON.readTree(end).path("rows");
        assertThat(rows.path(stream.folder()).asLong()).as("rows by end.json").isEqualTo(next);
      }
    }
  }

  private void checkReaders() throws IOException {
    readers.add(new SimReader(RUN, root, writers));
    for (SimReader reader : readers) {
      for (int i = 0; i < 20; i++) {
        try {
          reader.poll();
        } catch (NoSuchFileException e) {
          world.note("there is no run");
        }
      }
      checkSeen(reader);
    }
  }

  private void checkSeen(SimReader reader) throws IOException {
    for (SimWriter writer : writers.values()) {
      for (Stream stream : Stream.values()) {
        List<ShardName> live = LiveRule.of(names(writer.key, stream)).live();
        long next = live.isEmpty() ? 0 : live.get(live.size() - 1).last() + 1;
        assertThat(reader.taken(writer.key.writer(), stream))
            .as("rows that a reader saw")
            .isEqualTo(next);
      }
    }
  }

  /** Removes what a simulation left. */
  static void delete(Path folder) throws IOException {
    try (java.util.stream.Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
