package io.ostraka.drain;

import static io.ostraka.drain.JournalFixture.WRITER;
import static io.ostraka.drain.JournalFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.FlushSettings;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.card.Card;
import io.ostraka.journal.ControlFile;
import io.ostraka.journal.JournalReader;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.Rows;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.FlakyShardStore.Moment;
import io.ostraka.store.MemoryShardStore;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainerTest {
  @TempDir Path folder;

  @Test
  void aFinishedRunIsPublishedAndItsJournalIsGone() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 500);
      run.journal.end("finished", Optional.empty());
      assertThat(run.drain()).isEqualTo(Drainer.Outcome.ENDED);
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(500));
      run.alive = false;
      assertThat(run.drain()).isEqualTo(Drainer.Outcome.GONE);
      ObjectNode end = run.card(WRITER.endKey());
      assertThat(end.path("state").asText()).isEqualTo("finished");
      assertThat(end.path("name").asText()).isEqualTo("mlp-64");
      assertThat(end.path("rows").path("metrics").asLong()).isEqualTo(1000);
      assertThat(end.path("finished_at").asText()).isEqualTo("2026-11-21T10:15:00.500Z");
      assertThat(filesOf(run)).containsExactly("id");
    }
  }

  @Test
  void everyRowIsThereOnceWhicheverCallOfTheStoreFails() throws IOException {
    int calls = callsOfAnUndisturbedRun();
    assertThat(calls).isGreaterThan(10);
    for (int call = 1; call <= calls; call++) {
      for (Moment moment : List.of(Moment.BEFORE, Moment.AFTER)) {
        for (boolean restarted : List.of(false, true)) {
          Path spool = folder.resolve("%d-%s-%s".formatted(call, moment, restarted));
          try (JournalFixture run = new JournalFixture(spool)) {
            run.store.fail(call, moment);
            logAndDrain(run, restarted);
            assertThat(run.rows(Stream.METRICS))
                .as("call %d fails %s, restarted %s", call, moment, restarted)
                .isEqualTo(expected(600));
            assertThat(run.card(WRITER.endKey()).path("metrics").path("loss").path("count").asInt())
                .isEqualTo(600);
          }
        }
      }
    }
  }

  private int callsOfAnUndisturbedRun() throws IOException {
    try (JournalFixture run = new JournalFixture(folder.resolve("undisturbed"))) {
      logAndDrain(run, false);
      return run.store.calls().size();
    }
  }

  /**
   * Logs in three parts with a look after each, then ends; a failed look is repeated, by a new
   * drainer if wanted.
   */
  private static void logAndDrain(JournalFixture run, boolean restarted) throws IOException {
    Drainer drainer = run.open();
    for (int part = 0; part < 4; part++) {
      if (part < 3) {
        run.log(200L * part, 200L * (part + 1));
        run.pass(Duration.ofSeconds(2));
      } else {
        run.journal.end("finished", Optional.empty());
        run.alive = false;
      }
      Drainer.Outcome outcome = Drainer.Outcome.WORKED;
      while (outcome == Drainer.Outcome.WORKED) {
        try {
          outcome = drainer.look();
        } catch (IOException e) {
          if (restarted) {
            drainer.close();
            drainer = run.open();
          }
        }
      }
    }
    drainer.close();
  }

  @Test
  void aLostRecordIsFoundAnewOnceForAllStreams() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 1 << 20))) {
      run.journal.row(Stream.CONSOLE, OptionalLong.empty(), List.of("stdout", "before"));
      run.log(0, 100);
      run.drain();
      Files.delete(run.files.drain());
      run.log(100, 150);
      run.drain();
      run.log(150, 200);
      run.journal.row(Stream.CONSOLE, OptionalLong.empty(), List.of("stdout", "after"));
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(200));
      assertThat(run.shards(Stream.CONSOLE))
          .containsExactly(new ShardName(0, 0), new ShardName(1, 1));
    }
  }

  @Test
  void whatTheStoreToldIsNotBelievedBeforeItIsWrittenDown() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 1 << 20))) {
      run.log(0, 100);
      run.drain();
      Files.delete(run.files.drain());
      run.log(100, 150);
      Path base = run.files.drainBase();
      Path inTheWay = Files.createDirectory(base.resolveSibling("." + base.getFileName()));
      try (Drainer drainer = run.open()) {
        assertThatThrownBy(drainer::publishNow).isInstanceOf(IOException.class);
        assertThatThrownBy(drainer::publishNow).isInstanceOf(IOException.class);
        Files.delete(inTheWay);
        drainer.publishNow();
      }
      run.log(150, 200);
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(200));
    }
  }

  @Test
  void rowsKnownFromTheStoreAloneAreLeftOutByEveryLaterDrainer() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 4096))) {
      run.log(0, 1000);
      run.drain();
      Files.delete(run.files.drain());
      for (int i = 0; i < 3; i++) {
        try (Drainer drainer = run.open()) {
          drainer.look();
        }
      }
      run.log(1000, 1100);
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(1100));
    }
  }

  @Test
  void theRecordOfRangesStaysShort() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 1 << 20))) {
      try (Drainer drainer = run.open()) {
        for (int i = 0; i < 700; i++) {
          run.log(i, i + 1);
          while (drainer.publishNow() == Drainer.Outcome.WORKED) {
            // until all is published
          }
        }
      }
      assertThat(Files.size(run.files.drain())).isBetween(1L, 64L << 10);
      assertThat(run.files.drainBase()).exists();
      run.log(700, 710);
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(710));
      run.journal.end("finished", Optional.empty());
      run.alive = false;
      assertThat(run.drain()).isEqualTo(Drainer.Outcome.GONE);
      assertThat(filesOf(run)).containsExactly("id");
    }
  }

  @Test
  void aDecidedRangeIsPublishedAsItWasDecided() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 1 << 20))) {
      run.log(0, 100);
      try (Drainer drainer = run.open()) {
        run.publishFails = true;
        drainer.look();
        run.pass(Duration.ofSeconds(2));
        assertThatThrownBy(drainer::look).isInstanceOf(IOException.class);
      }
      assertThat(run.shards(Stream.METRICS)).isEmpty();
      run.log(100, 150);
      run.publishFails = false;
      run.drain();
      run.journal.end("finished", Optional.empty());
      run.drain();
      assertThat(run.shards(Stream.METRICS)).first().isEqualTo(new ShardName(0, 199));
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(150));
    }
  }

  @Test
  void aWriterThatDiedIsFailedWithAllThatItLogged() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 321);
      run.alive = false;
      assertThat(run.drain()).isEqualTo(Drainer.Outcome.GONE);
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(321));
      ObjectNode end = run.card(WRITER.endKey());
      assertThat(end.path("state").asText()).isEqualTo("failed");
      assertThat(end.path("failure").asText()).isEqualTo("process died");
    }
  }

  @Test
  void aDamagedRecordEndsADeadWritersJournalAndIsKept() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 100);
      int position = (int) run.journal.position();
      run.log(100, 200);
      flipABit(run.files.segment(0), position + 20);
      run.alive = false;
      assertThat(run.drain()).isEqualTo(Drainer.Outcome.GONE);
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(100));
      assertThat(run.card(WRITER.endKey()).path("failure").asText())
          .startsWith("process died; Bad record in " + WRITER.writer() + ".000000.journal at byte ")
          .endsWith("the checksum is wrong");
      assertThat(filesOf(run)).containsExactly("id", WRITER.writer() + ".damaged.000000");
    }
  }

  @Test
  void everyFlippedBitOfARecordIsFound() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 10);
      int from = (int) run.journal.position();
      run.log(10, 11);
      int to = (int) run.journal.position();
      run.log(11, 12);
      run.alive = false;
      for (int bit = 0; bit < 8 * (to - from); bit++) {
        flip(run.files.segment(0), from + bit / 8, 1 << bit % 8);
        NameTable names = new NameTable();
        try (var reader = JournalReader.open(run.files, names)) {
          Rows rows = new Rows(names, reader.header().card());
          reader.read(rows, Long.MAX_VALUE, Long.MAX_VALUE);
          assertThat(reader.position()).as("bit %d", bit).isEqualTo(from);
          assertThat(reader.bad()).as("bit %d", bit).isPresent();
        }
        flip(run.files.segment(0), from + bit / 8, 1 << bit % 8);
      }
    }
  }

  @Test
  void withoutARecordOfRangesItGoesOnAfterWhatTheStoreLists() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 100);
      run.pass(Duration.ofSeconds(2));
      run.drain();
      assertThat(run.shards(Stream.METRICS)).isNotEmpty();
      Files.delete(run.files.drain());
      run.log(100, 250);
      run.alive = false;
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(250));
      assertThat(run.card(WRITER.endKey()).path("metrics").path("loss").path("count").asInt())
          .isEqualTo(250);
    }
  }

  @Test
  void aHalfWrittenLineOfTheRecordOfRangesIsWrittenAnew() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 100);
      run.pass(Duration.ofSeconds(2));
      run.drain();
      String lines = lines(run.files.drain());
      // Only the last line can be torn: a range is on disk before anything of it is published.
      for (int cut = 1; cut < 33; cut++) {
        Files.writeString(run.files.drain(), lines.substring(0, lines.length() - cut));
        run.log(100L + cut, 101L + cut);
        run.pass(Duration.ofSeconds(2));
        run.drain();
        assertThat(run.rows(Stream.METRICS)).hasSize(200 + 2 * cut);
        lines = lines(run.files.drain());
      }
    }
  }

  /** A record of ranges without the room behind its last line. */
  private static String lines(Path record) throws IOException {
    String all = Files.readString(record);
    return all.substring(0, all.lastIndexOf('\n') + 1);
  }

  @Test
  void aPowerLossPublishesAsFarAsTheRowsGoAndNothingFollows() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 1 << 20))) {
      run.log(0, 50);
      int kept = (int) run.journal.position();
      run.log(50, 100);
      try (Drainer drainer = run.open()) {
        run.publishFails = true;
        drainer.look();
        run.pass(Duration.ofSeconds(2));
        assertThatThrownBy(drainer::look).isInstanceOf(IOException.class);
      }
      eraseFrom(run.files.segment(0), kept);
      run.alive = false;
      run.publishFails = false;
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(50));
      assertThat(run.card(WRITER.endKey()).path("rows").path("metrics").asLong()).isEqualTo(100);
    }
  }

  @Test
  void controlWordsThatAPowerLossTookAreMadeAnew() throws IOException {
    for (boolean absent : new boolean[] {true, false}) {
      Path spool = Files.createDirectory(folder.resolve("absent " + absent));
      try (JournalFixture run = new JournalFixture(spool)) {
        run.log(0, 10);
        Files.delete(run.files.control());
        if (!absent) {
          Files.write(run.files.control(), new byte[4096]);
        }
        assertThatThrownBy(run::open).hasMessageContaining("absent or damaged");
        run.alive = false;
        run.drain();
        assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(10));
        assertThat(run.spool.writers()).isEmpty();
      }
    }
  }

  @Test
  void aJournalThatWasDrainedAndLostItsHeaderIsKept() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 10);
      try (Drainer drainer = run.open()) {
        drainer.publishNow();
        drainer.publishNow();
      }
      run.alive = false;
      eraseFrom(run.files.segment(0), 0);
      assertThatThrownBy(run::open)
          .isInstanceOf(StreamCorruptedException.class)
          .hasMessageContaining("is lost; its files are kept");
    }
  }

  @Test
  void aWriterWhoseFolderIsAbsentKeepsItsJournal() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 10);
      run.alive = false;
      FlakyShardStore unmounted =
          new FlakyShardStore(new MemoryShardStore()) {
            @Override
            public boolean isPrepared(String prefix) {
              return false;
            }
          };
      run.store = unmounted;
      assertThatThrownBy(run::drain).hasMessageContaining("the root is not mounted");
      assertThat(ControlFile.open(run.files.control()).lastError())
          .hasValueSatisfying(line -> assertThat(line).contains("is not in"));
      run.store = new FlakyShardStore(run.memory);
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(10));
    }
  }

  @Test
  void aDamagedCardOfEditsHoldsNothingUp() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 50);
      run.memory.replace(WRITER.run().metaKey(), "{\"tags\":".getBytes(StandardCharsets.UTF_8));
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(50));
    }
  }

  @Test
  void aDeletedRunIsNotPublishedToUntilItIsTakenBack() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      byte[] deleted = "{\"deleted_at\":\"2026-11-21T10:00:00Z\"}".getBytes(StandardCharsets.UTF_8);
      run.memory.replace(WRITER.run().metaKey(), deleted);
      run.log(0, 10);
      run.alive = false;
      assertThatThrownBy(run::drain).hasMessageContaining("was deleted");
      assertThat(run.shards(Stream.METRICS)).isEmpty();
      run.memory.replace(WRITER.run().metaKey(), "{}".getBytes(StandardCharsets.UTF_8));
      run.drain();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(10));
    }
  }

  @Test
  void aWriterThatStopsBeatingIsStalledUntilItBeatsAgain() throws IOException {
    try (JournalFixture run = new JournalFixture(folder);
        Drainer drainer = run.open()) {
      run.log(0, 1);
      run.pass(Duration.ofSeconds(5));
      drainer.look();
      for (int second = 0; second < 41; second++) {
        run.pass(Duration.ofSeconds(1));
        drainer.look();
      }
      assertThat(run.card(WRITER.cardKey()).path("state").asText()).isEqualTo("stalled");
      run.journal.control().beat(7);
      drainer.look();
      run.pass(Duration.ofSeconds(2));
      drainer.look();
      assertThat(run.card(WRITER.cardKey()).path("state").asText()).isEqualTo("running");
    }
  }

  @Test
  void heartbeatsRenewTheCardOnlyWhileTheWriterBeats() throws IOException {
    try (JournalFixture run = new JournalFixture(folder);
        Drainer drainer = run.open()) {
      for (int second = 0; second < 25; second++) {
        run.pass(Duration.ofSeconds(1));
        run.journal.control().beat(1 + second / 10);
        drainer.look();
      }
      String beating = run.card(WRITER.cardKey()).path("heartbeat_at").asText();
      assertThat(beating).isBetween("2026-11-21T10:15:19Z", "2026-11-21T10:15:25Z");
    }
  }

  @Test
  void changesOfTheCardAndTextsOfAnySizeArrive() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      String large = "ä".repeat(100_000);
      ObjectNode change = JsonNodeFactory.instance.objectNode();
      change.putObject("config").put("lr", 0.1).put("notes", large);
      run.journal.card(change);
      run.journal.row(Stream.TEXTS, OptionalLong.of(3), List.of("sample", large));
      run.journal.row(Stream.CONSOLE, OptionalLong.empty(), List.of("stdout", "hello"));
      assertThat(Files.exists(run.files.body(1))).isTrue();
      run.journal.end("failed", Optional.of("ValueError: no"));
      run.alive = false;
      run.drain();
      ObjectNode end = run.card(WRITER.endKey());
      assertThat(end.path("config").path("notes").asText()).isEqualTo(large);
      assertThat(end.path("failure").asText()).isEqualTo("ValueError: no");
      assertThat(run.shards(Stream.TEXTS)).containsExactly(new ShardName(0, 0));
      assertThat(run.shards(Stream.CONSOLE)).containsExactly(new ShardName(0, 0));
      assertThat(filesOf(run)).containsExactly("id");
    }
  }

  @Test
  void theLastCardSaysTheGreatestStepAlsoOfWhatEarlierDrainersPublished() throws IOException {
    for (boolean restarted : List.of(false, true)) {
      try (JournalFixture run = new JournalFixture(folder.resolve("restarted-" + restarted))) {
        run.log(0, 70);
        run.journal.row(Stream.TEXTS, OptionalLong.of(90), List.of("sample", "late"));
        run.journal.row(Stream.CONSOLE, OptionalLong.of(5000), List.of("stdout", "hello"));
        if (restarted) {
          run.drain();
        }
        run.log(20, 30);
        run.alive = false;
        run.drain();
        ObjectNode end = run.card(WRITER.endKey());
        assertThat(end.path("last_step").asLong()).as("restarted " + restarted).isEqualTo(90);
        assertThat(Card.of(end).lastStep()).hasValue(90);
      }
    }
  }

  @Test
  void theLastCardOfAWriterWithoutPointsHasNoLastStep() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.journal.row(Stream.CONSOLE, OptionalLong.empty(), List.of("stdout", "hello"));
      run.alive = false;
      run.drain();
      assertThat(run.card(WRITER.endKey()).path("last_step").isNull()).isTrue();
    }
  }

  @Test
  void whileTheStoreIsAwayAnEncodedShardWaitsOnDiskAndIsPublishedFromThere() throws IOException {
    try (JournalFixture run = new JournalFixture(folder);
        Drainer drainer = run.open()) {
      run.log(0, 100);
      run.pass(Duration.ofSeconds(2));
      run.publishFails = true;
      assertThatThrownBy(drainer::look).hasMessage("the store is away");
      Path sealed = run.files.sealed(Stream.METRICS);
      Object encoded = Files.getAttribute(sealed, "unix:ino");
      assertThatThrownBy(drainer::look).hasMessage("the store is away");
      assertThat(Files.getAttribute(sealed, "unix:ino")).isEqualTo(encoded);
      Files.delete(sealed);
      run.publishFails = false;
      assertThatThrownBy(drainer::look).hasMessageContaining("made again from the journal");
      while (drainer.look() == Drainer.Outcome.WORKED) {
        // until everything is published
      }
      run.pass(Duration.ofSeconds(2));
      drainer.look();
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(100));
      assertThat(filesOf(run)).noneMatch(name -> name.endsWith(".parquet"));
    }
  }

  @Test
  void aDamagedShardDoesNotKeepARunFromEnding() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.log(0, 100);
      run.pass(Duration.ofSeconds(2));
      run.drain();
      ShardName first = run.shards(Stream.METRICS).get(0);
      String key = WRITER.shardKey("metrics", first);
      run.memory.replace(key, Arrays.copyOf(run.memory.read(key), 300));
      run.log(100, 110);
      run.alive = false;
      assertThat(run.drain()).isEqualTo(Drainer.Outcome.GONE);
      assertThat(run.card(WRITER.endKey()).path("metrics").path("loss").path("count").asLong())
          .isEqualTo(110 - first.rows() / 2);
    }
  }

  @Test
  void aFlushThatIsAskedForIsPublishedAtOnce() throws IOException {
    try (JournalFixture run = new JournalFixture(folder);
        Drainer drainer = run.open()) {
      run.log(0, 3);
      drainer.look();
      drainer.look();
      assertThat(run.shards(Stream.METRICS)).isEmpty();
      long wanted = run.journal.wantFlush();
      drainer.look();
      assertThat(run.shards(Stream.METRICS)).containsExactly(new ShardName(0, 5));
      assertThat(run.journal.control().published()).isGreaterThanOrEqualTo(wanted);
    }
  }

  @Test
  void segmentsGoWhenTheyArePublishedAndTheNumberingGoesOn() throws IOException {
    try (JournalFixture run = new JournalFixture(folder, new FlushSettings(1.0, 8 << 20))) {
      int steps = 1_500_000;
      run.log(0, steps);
      assertThat(run.files.segments()).containsExactly(0, 1);
      run.journal.end("finished", Optional.empty());
      run.drain();
      assertThat(run.files.segments()).containsExactly(1);
      run.alive = false;
      run.drain();
      ObjectNode end = run.card(WRITER.endKey());
      assertThat(end.path("rows").path("metrics").asLong()).isEqualTo(2L * steps);
      assertThat(end.path("metrics").path("loss").path("max").asDouble()).isEqualTo(steps - 1);
      assertThat(run.rows(Stream.METRICS)).hasSize(2 * steps);
    }
  }

  @Test
  void thePublishedWordPassesTheCloseRecordOnlyWithTheLastCard() throws IOException {
    try (JournalFixture run = new JournalFixture(folder);
        Drainer drainer = run.open()) {
      run.log(0, 10);
      run.journal.end("finished", Optional.empty());
      long end = run.journal.wantFlush();
      run.createFails = true;
      assertThatThrownBy(
              () -> {
                while (drainer.look() == Drainer.Outcome.WORKED) {
                  // until the last card is due
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(run.rows(Stream.METRICS)).isEqualTo(expected(10));
      assertThat(run.journal.control().published()).isLessThan(end);
      run.createFails = false;
      assertThat(drainer.look()).isEqualTo(Drainer.Outcome.ENDED);
      assertThat(run.journal.control().published()).isEqualTo(end);
    }
  }

  @Test
  void onlyOneDrainerHasAJournal() throws IOException {
    try (JournalFixture run = new JournalFixture(folder);
        Drainer first = run.open()) {
      assertThat(first.writer()).isEqualTo(WRITER);
      assertThatThrownBy(run::open).isInstanceOf(NoSuchElementException.class);
    }
  }

  private static void flipABit(Path file, int offset) throws IOException {
    flip(file, offset, 1);
  }

  private static void flip(Path file, int offset, int bits) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ bits)).flip();
      channel.write(one, offset);
    }
  }

  private static void eraseFrom(Path file, int offset) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1 << 16), offset);
    }
  }

  private static List<String> filesOf(JournalFixture run) throws IOException {
    try (var listed = Files.list(run.spool.folder())) {
      return listed.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
