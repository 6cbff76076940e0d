package io.ostraka.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.WriterState;
import io.ostraka.shard.EmptyShard;
import io.ostraka.shard.ShardFooter;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CatalogTest {
  private static final RunKey RUN = new RunKey("digits", "20261121-101500-abcdefghij");
  private static final WriterKey ZERO = writer(RUN, "r000000-0000000000000000");
  private static final WriterKey ONE = writer(RUN, "r000001-1111111111111111");
  private static final WriterKey LATER = writer(RUN, "r000000-2222222222222222");

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  private final FlakyShardStore store = new FlakyShardStore(new MemoryShardStore(clock));
  private final Catalog catalog = new Catalog(store);

  @Test
  void anEmptyRootHasNoProjects() throws IOException {
    assertThat(catalog.projects()).isEmpty();
    assertThat(catalog.runs("digits")).isEmpty();
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> catalog.run(RUN))
        .withMessageContaining("there is no run \"20261121-101500-abcdefghij\" in project");
  }

  @Test
  void aNameThatNoProjectCanHaveIsTheCallersMistake() {
    assertThatIllegalArgumentException().isThrownBy(() -> catalog.runs(".."));
    assertThatIllegalArgumentException().isThrownBy(() -> catalog.run(new RunKey("p", "")));
  }

  @Test
  void aRunIsItsWritersAndTheirLiveShards() throws IOException {
    card(ZERO, "\"name\": \"mlp\"");
    shard(ZERO, Stream.METRICS, 0, 9);
    shard(ZERO, Stream.METRICS, 10, 19);
    shard(ZERO, Stream.METRICS, 0, 19);
    shard(ZERO, Stream.CONSOLE, 0, 0);
    card(ONE, "");

    RunSnapshot run = catalog.run(RUN);
    assertThat(catalog.runs("digits")).containsExactly(run);
    assertThat(run.key()).isEqualTo(RUN);
    assertThat(run.problems()).isEmpty();
    assertThat(run.state()).isEqualTo(WriterState.RUNNING);
    assertThat(run.writers()).extracting(WriterSnapshot::key).containsExactly(ZERO, ONE);
    WriterSnapshot zero = run.writers().get(0);
    assertThat(zero.shards(Stream.METRICS))
        .extracting(LiveShard::name)
        .containsExactly(new ShardName(0, 19));
    LiveShard live = zero.shards(Stream.METRICS).get(0);
    assertThat(live.key()).isEqualTo(ZERO.shardKey("metrics", new ShardName(0, 19)));
    assertThat(live.fromRow()).isZero();
    assertThat(live.modified()).isEqualTo(clock.instant());
    assertThat(live.sizeBytes()).isPositive();
    assertThat(zero.shards(Stream.CONSOLE)).hasSize(1);
    assertThat(zero.shards(Stream.TEXTS)).isEmpty();
    assertThat(Watermark.of(run.writers()).row(ZERO.writer(), Stream.METRICS)).isEqualTo(19);
  }

  @Test
  void namesInAnyScriptAreDecoded() throws IOException {
    RunKey odd = new RunKey("Größe 😀 / 100 %", "a b.");
    card(writer(odd, "r000000-0000000000000000"), "");
    assertThat(catalog.projects()).extracting(ProjectSnapshot::name).containsExactly(odd.project());
    assertThat(catalog.runs(odd.project())).extracting(RunSnapshot::key).containsExactly(odd);
    assertThat(catalog.run(odd).key()).isEqualTo(odd);
  }

  @Test
  void foreignFilesAreIgnored() throws IOException {
    card(ZERO, "");
    String run = RUN.prefix();
    for (String key :
        List.of(
            "README.md",
            "_views/digits.json",
            "project=digits/notes.txt",
            run + "plot.png",
            run + "writer=me/writer.json",
            run + "writer=me/metrics/000000000000-000000000009.parquet",
            ZERO.prefix() + "files/table.parquet",
            ZERO.prefix() + "metrics/copy of 000000000000-000000000009.parquet",
            ZERO.prefix() + "metrics/000000000009-000000000000.parquet",
            ZERO.prefix() + "metrics/deeper/000000000000-000000000009.parquet",
            ZERO.prefix() + "holograms/000000000000-000000000009.parquet",
            "project=digits/run=%41/writer=r000000-0000000000000000/writer.json",
            "project=digits/run=50%/writer=r000000-0000000000000000/writer.json",
            "project=digits/run=empty/thing.txt",
            "project=/run=x/writer=r000000-0000000000000000/writer.json")) {
      store.create(key, "foreign".getBytes(UTF_8));
    }
    RunSnapshot only = catalog.runs("digits").get(0);
    assertThat(catalog.runs("digits")).hasSize(1);
    assertThat(only.key()).isEqualTo(RUN);
    assertThat(only.problems()).isEmpty();
    assertThat(only.writers()).hasSize(1);
    assertThat(only.writers().get(0).shards()).isEmpty();
    assertThat(catalog.projects()).extracting(ProjectSnapshot::runs).containsExactly(1);
  }

  @Test
  void anUnreadableShardIsNamedAndCoversNothing() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    shard(ZERO, Stream.METRICS, 10, 19);
    byte[] whole = EmptyShard.bytes(ZERO.writer(), Stream.METRICS, new ShardName(0, 19));
    String damaged = ZERO.shardKey("metrics", new ShardName(0, 19));
    store.create(damaged, Arrays.copyOf(whole, whole.length / 2));

    RunSnapshot run = catalog.run(RUN);
    assertThat(run.writers().get(0).shards(Stream.METRICS))
        .extracting(LiveShard::name)
        .containsExactly(new ShardName(0, 9), new ShardName(10, 19));
    assertThat(run.problems())
        .containsExactly(
            new Problem(
                damaged,
                "Cannot read "
                    + damaged
                    + ": it is cut short or damaged; copy it again or remove it"));
  }

  @Test
  void junkUnderTheWidestNameHidesNothing() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    shard(ZERO, Stream.METRICS, 10, 19);
    ShardName widest = new ShardName(0, 999_999_999_999L);
    store.create(ZERO.shardKey("metrics", widest), "junk".getBytes(UTF_8));
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.writers().get(0).shards(Stream.METRICS))
        .extracting(LiveShard::name)
        .containsExactly(new ShardName(0, 9), new ShardName(10, 19));
    assertThat(run.problems()).hasSize(1);
    assertThat(run.problems().get(0).message()).contains(widest.format(), "no Parquet file");
  }

  @Test
  void aShardOfANewerFormatIsNamedAndTheRestIsShown() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    ShardName name = new ShardName(10, 19);
    Map<String, String> keys = EmptyShard.keys(ZERO.writer(), Stream.METRICS, name);
    keys.put(ShardFooter.FORMAT_KEY, "7");
    store.create(ZERO.shardKey("metrics", name), EmptyShard.bytes(keys, 10));

    RunSnapshot run = catalog.run(RUN);
    assertThat(run.writers().get(0).shards(Stream.METRICS)).hasSize(1);
    assertThat(run.problems()).hasSize(1);
    assertThat(run.problems().get(0).message())
        .endsWith(
            "000000000010-000000000019.parquet: format 7, this build reads 1 to 1; upgrade"
                + " ostraka");
  }

  @Test
  void aShardThatContradictsItsNameIsNamed() throws IOException {
    card(ZERO, "");
    store.create(
        ZERO.shardKey("metrics", new ShardName(0, 9)),
        EmptyShard.bytes(ONE.writer(), Stream.METRICS, new ShardName(0, 9)));
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.writers().get(0).shards()).isEmpty();
    assertThat(run.problems().get(0).message()).contains("its footer says writer " + ONE.writer());
  }

  @Test
  void aPartialOverlapIsReportedAndEachRowReadOnce() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    shard(ZERO, Stream.METRICS, 5, 14);
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.writers().get(0).shards(Stream.METRICS))
        .extracting(LiveShard::fromRow)
        .containsExactly(0L, 10L);
    assertThat(run.problems()).hasSize(1);
    assertThat(run.problems().get(0).message()).contains("shares rows 5 to 9 with");
  }

  @Test
  void aGapInTheRowsIsReportedAfterAMinuteAndWhatComesLateIsShown() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    shard(ZERO, Stream.METRICS, 20, 29);
    clock.advance(Duration.ofSeconds(59));
    RunSnapshot young = catalog.run(RUN);
    assertThat(young.problems()).isEmpty();
    assertThat(young.writers().get(0).shards(Stream.METRICS)).hasSize(2);
    clock.advance(Duration.ofSeconds(2));
    assertThat(catalog.run(RUN).problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo(ZERO.shardKey("metrics", new ShardName(10, 19)));
              assertThat(problem.message())
                  .startsWith("Rows 10 to 19 of " + ZERO.streamPrefix("metrics") + " are missing");
            });
    shard(ZERO, Stream.METRICS, 10, 19);
    RunSnapshot whole = catalog.run(RUN);
    assertThat(whole.problems()).isEmpty();
    assertThat(whole.writers().get(0).shards(Stream.METRICS)).hasSize(3);
  }

  @Test
  void aGapOfARunThatHasEndedIsReportedToo() throws IOException {
    shard(ZERO, Stream.METRICS, 20, 29);
    end(ZERO, "");
    clock.advance(Duration.ofSeconds(30));
    assertThat(catalog.run(RUN).problems()).isEmpty();
    clock.advance(Duration.ofSeconds(31));
    assertThat(catalog.run(RUN).problems()).hasSize(1);
  }

  @Test
  void aShardThatCannotBeReadIsNotReportedAsAGapBesides() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    store.create(
        ZERO.shardKey("metrics", new ShardName(10, 19)), "PAR1 and no more".getBytes(UTF_8));
    shard(ZERO, Stream.METRICS, 20, 29);
    clock.advance(Duration.ofMinutes(2));
    assertThat(catalog.run(RUN).problems()).hasSize(1);
  }

  @Test
  void footersOfKnownShardsAreNotReadAgain() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    clock.advance(Duration.ofSeconds(5));
    catalog.run(RUN);
    shard(ZERO, Stream.METRICS, 10, 19);
    int before = store.calls().size();
    catalog.run(RUN);
    assertThat(store.calls().subList(before, store.calls().size()))
        .containsExactly(
            "list " + RUN.prefix(), "open " + ZERO.shardKey("metrics", new ShardName(10, 19)));
  }

  @Test
  void aRunThatHasEndedIsListedAndNotReadAgain() throws IOException {
    end(ZERO, "\"state\": \"finished\"");
    shard(ZERO, Stream.METRICS, 0, 9);
    clock.advance(Duration.ofSeconds(5));
    RunSnapshot first = catalog.runs("digits").get(0);
    int before = store.calls().size();
    assertThat(catalog.runs("digits").get(0)).isSameAs(first);
    assertThat(store.calls().subList(before, store.calls().size()))
        .containsExactly("list project=digits/");
    store.delete(ZERO.shardKey("metrics", new ShardName(0, 9)));
    assertThat(catalog.runs("digits").get(0).writers().get(0).shards()).isEmpty();
  }

  @Test
  void aCardChangedWithinOneStepOfTheClockIsNotStaleForEver() throws IOException {
    card(ZERO, "\"name\": \"first\"");
    assertThat(catalog.run(RUN).card().name()).contains("first");
    card(ZERO, "\"name\": \"other\"");
    clock.advance(Duration.ofSeconds(60));
    assertThat(catalog.run(RUN).card().name()).contains("other");
  }

  @Test
  void aShardThatVanishedAfterTheListingIsLookedForInAnother() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    shard(ZERO, Stream.METRICS, 10, 19);
    MergesUnderTheReader merging = new MergesUnderTheReader(store, this::mergeAndRetire);
    RunSnapshot run = new Catalog(merging).run(RUN);
    assertThat(run.problems()).isEmpty();
    assertThat(run.writers().get(0).shards(Stream.METRICS))
        .extracting(LiveShard::name)
        .containsExactly(new ShardName(0, 19));
  }

  @Test
  void aWriterThatWritesIsRunningAndCrashedAfterFourIntervals() throws IOException {
    card(ZERO, "\"heartbeat_seconds\": 10");
    clock.advance(Duration.ofSeconds(40));
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.RUNNING);
    clock.advance(Duration.ofMillis(1));
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.CRASHED);
    shard(ZERO, Stream.METRICS, 0, 9);
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.RUNNING);
    assertThat(catalog.run(RUN).writers().get(0).lastActivity()).isEqualTo(clock.instant());
  }

  @Test
  void aSlowWritersIntervalsAreLonger() throws IOException {
    card(ONE, "\"heartbeat_seconds\": 100");
    clock.advance(Duration.ofSeconds(399));
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.RUNNING);
  }

  @Test
  void theEndWinsOverALateHeartbeat() throws IOException {
    end(ZERO, "\"state\": \"finished\", \"summary\": {\"best\": 1}");
    clock.advance(Duration.ofSeconds(1));
    card(ZERO, "\"state\": \"running\", \"summary\": {\"best\": 0}");
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.state()).isEqualTo(WriterState.FINISHED);
    assertThat(run.card().state()).isEqualTo("finished");
    assertThat(run.card().summary().get("best").asInt()).isEqualTo(1);
  }

  @Test
  void anEndThatCannotBeReadIsStillAnEnd() throws IOException {
    card(ZERO, "\"name\": \"mlp\"");
    store.create(ZERO.endKey(), "{\"state\": \"fini".getBytes(UTF_8));
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.state()).isEqualTo(WriterState.FINISHED);
    assertThat(run.card().name()).contains("mlp");
    assertThat(run.problems()).hasSize(1);
    assertThat(run.problems().get(0).message())
        .startsWith("Cannot read " + ZERO.endKey() + ": it is not strict JSON at line 1");
  }

  @Test
  void aStoppedProcessIsStalledHoweverOldItsCard() throws IOException {
    card(ZERO, "\"state\": \"stalled\"");
    clock.advance(Duration.ofHours(1));
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.STALLED);
  }

  @Test
  void aRunRunsIfAnyWriterRunsElseFailedElseCrashedElseFinished() throws IOException {
    end(ZERO, "\"state\": \"finished\"");
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.FINISHED);
    card(ONE, "");
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.RUNNING);
    clock.advance(Duration.ofMinutes(2));
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.CRASHED);
    end(writer(RUN, "r000002-3333333333333333"), "\"state\": \"failed\"");
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.FAILED);
  }

  @Test
  void supersededWritersAndForkedChildrenDoNotCount() throws IOException {
    end(ZERO, "\"state\": \"failed\"");
    end(
        LATER,
        "\"state\": \"finished\", \"resume_step\": 100, \"supersedes\": [\""
            + ZERO.writer()
            + "\"]");
    end(ONE, "\"state\": \"failed\", \"parent_writer\": \"" + LATER.writer() + "\"");
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.state()).isEqualTo(WriterState.FINISHED);
    assertThat(run.hiddenFrom(ZERO.writer())).hasValue(100);
    assertThat(run.hiddenFrom(LATER.writer())).isEmpty();
  }

  @Test
  void writersThatSupersedeEachOtherStillMakeARun() throws IOException {
    end(ZERO, "\"state\": \"failed\", \"supersedes\": [\"" + LATER.writer() + "\"]");
    end(LATER, "\"state\": \"finished\", \"supersedes\": [\"" + ZERO.writer() + "\"]");
    assertThat(catalog.run(RUN).state()).isEqualTo(WriterState.FAILED);
  }

  @Test
  void cardsAreMergedTheConfigurationOldestFirstAndTheLowestRankLast() throws IOException {
    card(
        ZERO,
        "\"started_at\": \"2026-11-21T10:00:02Z\", \"name\": \"zero\", \"dropped\": 2,"
            + " \"heartbeat_at\": \"2026-11-21T10:14:00Z\", \"process_id\": 1,"
            + " \"config\": {\"a\": \"zero\", \"b\": null}, \"summary\": {\"s\": 0}");
    card(
        ONE,
        "\"started_at\": \"2026-11-21T10:00:01Z\", \"name\": \"one\", \"dropped\": 3,"
            + " \"heartbeat_at\": \"2026-11-21T10:14:01Z\", \"group\": \"g\","
            + " \"config\": {\"a\": \"one\", \"c\": 1}, \"summary\": {\"s\": 1, \"t\": 1}");
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.card().config().toString()).isEqualTo("{\"a\":\"zero\",\"c\":1,\"b\":null}");
    assertThat(run.card().summary().toString()).isEqualTo("{\"s\":0,\"t\":1}");
    assertThat(run.card().name()).contains("zero");
    assertThat(run.card().group()).contains("g");
    assertThat(run.card().dropped()).isEqualTo(5);
    assertThat(run.card().startedAt()).contains(Instant.parse("2026-11-21T10:00:01Z"));
    assertThat(run.card().heartbeatAt()).contains(Instant.parse("2026-11-21T10:14:01Z"));
    assertThat(run.card().finishedAt()).isEmpty();
    assertThat(run.card().json().has("process_id")).isFalse();
  }

  @Test
  void aPersonsEditsWin() throws IOException {
    card(ZERO, "\"name\": \"mlp\", \"tags\": [\"a\"], \"config\": {\"lr\": 1}");
    meta("{\"name\": \"my best\", \"tags\": [], \"notes\": \"n\", \"config\": {\"lr\": 2}}");
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.card().name()).contains("my best");
    assertThat(run.card().tags()).isEmpty();
    assertThat(run.card().notes()).contains("n");
    assertThat(run.card().config().get("lr").asInt()).isEqualTo(1);
  }

  @Test
  void aDeletedRunIsHiddenAndCanBeTakenBack() throws IOException {
    card(ZERO, "");
    meta("{\"deleted_at\": \"2026-11-21T10:00:00Z\"}");
    assertThat(catalog.runs("digits")).isEmpty();
    assertThat(catalog.projects()).isEmpty();
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> catalog.run(RUN));
    meta("{\"deleted_at\": null}");
    assertThat(catalog.runs("digits")).hasSize(1);
    assertThat(catalog.projects()).hasSize(1);
  }

  @Test
  void aCardThatCannotBeReadIsAProblemAndTheShardsAreShown() throws IOException {
    store.create(ZERO.cardKey(), "{\"a\":1,\"a\":2}".getBytes(UTF_8));
    shard(ZERO, Stream.METRICS, 0, 9);
    meta("nonsense");
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.state()).isEqualTo(WriterState.RUNNING);
    assertThat(run.writers().get(0).shards(Stream.METRICS)).hasSize(1);
    assertThat(run.problems())
        .extracting(Problem::key)
        .containsExactly(RUN.metaKey(), ZERO.cardKey());
  }

  @Test
  void aReadThatFailsOnceIsAProblemOnce() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    clock.advance(Duration.ofSeconds(5));
    store.fail(store.calls().size() + 3, FlakyShardStore.Moment.BEFORE);
    RunSnapshot run = catalog.run(RUN);
    assertThat(run.problems()).hasSize(1);
    assertThat(run.writers().get(0).shards()).isEmpty();
    assertThat(catalog.run(RUN).problems()).isEmpty();
    assertThat(catalog.run(RUN).writers().get(0).shards()).hasSize(1);
  }

  @Test
  void aProjectThatCannotBeListedAtOnceIsListedRunByRun() throws IOException {
    card(ZERO, "");
    store.failNext(FlakyShardStore.Moment.BEFORE);
    assertThat(catalog.runs("digits")).extracting(RunSnapshot::key).containsExactly(RUN);
  }

  @Test
  void aStoreThatCannotBeListedAtAllIsAnError() {
    store.failNext(FlakyShardStore.Moment.BEFORE);
    assertThatIOException().isThrownBy(catalog::projects);
    store.failNext(FlakyShardStore.Moment.BEFORE);
    assertThatIOException().isThrownBy(() -> catalog.run(RUN));
    store.failNext(FlakyShardStore.Moment.BEFORE);
    assertThatIOException().isThrownBy(() -> catalog.runs("digits"));
  }

  @Test
  void runsComeLatestStartFirst() throws IOException {
    for (int i = 1; i <= 3; i++) {
      card(
          writer(new RunKey("p", "run" + i), "r000000-0000000000000000"),
          "\"started_at\": \"2026-11-2" + i + "T10:00:00Z\"");
    }
    assertThat(catalog.runs("p"))
        .extracting(run -> run.key().run())
        .containsExactly("run3", "run2", "run1");
  }

  @Test
  void projectsCountRunsAndComeLatestActivityFirst() throws IOException {
    end(writer(new RunKey("old", "a"), "r000000-0000000000000000"), "\"state\": \"finished\"");
    clock.advance(Duration.ofHours(1));
    card(ZERO, "");
    Instant latest = clock.instant();
    end(writer(new RunKey("digits", "b"), "r000000-0000000000000000"), "\"state\": \"failed\"");
    assertThat(catalog.projects())
        .containsExactly(
            new ProjectSnapshot("digits", 2, 1, Optional.of(latest)),
            new ProjectSnapshot("old", 1, 0, Optional.of(latest.minus(Duration.ofHours(1)))));
  }

  @Test
  void aClosedFolderHidesNoOtherRunAndNoOtherProject() throws IOException {
    end(ZERO, "\"state\": \"finished\"");
    end(writer(new RunKey("digits", "closed"), "r000000-0000000000000000"), "");
    end(writer(new RunKey("secret", "a"), "r000000-0000000000000000"), "");
    ShardStore guarded =
        new FlakyShardStore(store) {
          @Override
          public List<String> listNames(String prefix) throws IOException {
            if (prefix.contains("closed") || prefix.contains("secret")) {
              throw new AccessDeniedException(prefix);
            }
            return super.listNames(prefix);
          }
        };
    assertThat(new Catalog(guarded).projects())
        .containsExactly(
            new ProjectSnapshot("digits", 2, 0, Optional.of(clock.instant())),
            new ProjectSnapshot("secret", 0, 0, Optional.empty()));
  }

  @Test
  void aShardThatMayNotBeReadIsLeftOutAndSaysWhy() throws IOException {
    card(ZERO, "");
    shard(ZERO, Stream.METRICS, 0, 9);
    ShardStore guarded =
        new FlakyShardStore(store) {
          @Override
          public LocalCopy open(String key) throws IOException {
            throw new AccessDeniedException("a file of this machine");
          }
        };
    assertThat(new Catalog(guarded).run(RUN).problems())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .isEqualTo("Cannot read " + problem.key() + ": no permission; allow it"));
  }

  @Test
  void whatAppearsAgainAfterItWasForgottenIsReadAgain() throws IOException {
    end(ZERO, "\"state\": \"finished\"");
    clock.advance(Duration.ofHours(1));
    RunSnapshot run = catalog.run(RUN);
    int read = store.calls().size();
    assertThat(catalog.run(RUN)).isEqualTo(run);
    assertThat(store.calls().subList(read, store.calls().size())).hasSize(1);
    catalog.forget(run);
    assertThat(catalog.run(RUN)).isEqualTo(run);
    assertThat(store.calls().subList(read, store.calls().size())).hasSize(3);
  }

  @Test
  void listingProjectsAgainDoesNotAskForRunsThatHaveEnded() throws IOException {
    end(ZERO, "\"state\": \"finished\", \"finished_at\": \"2026-11-21T10:15:00Z\"");
    shard(ZERO, Stream.METRICS, 0, 9);
    List<ProjectSnapshot> first = catalog.projects();
    assertThat(store.calls()).noneMatch(call -> call.startsWith("list "));
    assertThat(store.calls()).noneMatch(call -> call.startsWith("open "));
    int before = store.calls().size();
    assertThat(catalog.projects()).isEqualTo(first);
    assertThat(store.calls().subList(before, store.calls().size()))
        .containsExactly("listNames ", "listNames project=digits/", "listNames " + RUN.prefix());
  }

  private void mergeAndRetire() throws IOException {
    shard(ZERO, Stream.METRICS, 0, 19);
    store.delete(ZERO.shardKey("metrics", new ShardName(0, 9)));
    store.delete(ZERO.shardKey("metrics", new ShardName(10, 19)));
  }

  private void card(WriterKey writer, String fields) throws IOException {
    store.replace(writer.cardKey(), ("{" + fields + "}").getBytes(UTF_8));
  }

  private void end(WriterKey writer, String fields) throws IOException {
    store.create(writer.endKey(), ("{" + fields + "}").getBytes(UTF_8));
  }

  private void meta(String json) throws IOException {
    store.replace(RUN.metaKey(), json.getBytes(UTF_8));
    clock.advance(Duration.ofSeconds(3));
  }

  private void shard(WriterKey writer, Stream stream, long first, long last) throws IOException {
    ShardName name = new ShardName(first, last);
    store.create(
        writer.shardKey(stream.folder(), name), EmptyShard.bytes(writer.writer(), stream, name));
  }

  private static WriterKey writer(RunKey run, String id) {
    return new WriterKey(run, new WriterId(id));
  }
}
