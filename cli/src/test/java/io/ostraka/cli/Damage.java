package io.ostraka.cli;

import static io.ostraka.cli.LoggedRoot.RANK_0;
import static io.ostraka.cli.LoggedRoot.RANK_1;
import static io.ostraka.cli.LoggedRoot.RESUMED;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** A way of damaging a run, and what a doctor calls it. */
enum Damage {
  SHARD_CUT_SHORT("shard-damaged", (run, other) -> LoggedRun.cut(run.shard(RANK_0, 1), 100)),
  SHARD_EMPTIED("shard-damaged", (run, other) -> run.text(run.shard(RANK_0, 1), "")),
  PAGE_WITH_A_FLIPPED_BIT(
      "shard-damaged", (run, other) -> LoggedRun.flipBit(run.shard(RANK_0, 1), 60)),
  FOOTER_WITH_A_FLIPPED_BIT(
      "shard-damaged",
      (run, other) -> {
        Path shard = run.shard(RANK_0, 1);
        LoggedRun.flipBit(shard, (int) Files.size(shard) - 6);
      }),
  SHARD_OF_A_NEWER_FORMAT(
      "shard-newer", (run, other) -> LoggedRun.newerFormat(run.shard(RANK_0, 1))),
  SHARD_OF_ANOTHER_WRITER(
      "shard-contradicts",
      (run, other) -> {
        ShardName name = run.names(RANK_0).get(1);
        Files.delete(run.metrics(RANK_0, name));
        run.odd(RANK_1, name, rows(name), same(name));
        Files.move(run.metrics(RANK_1, name), run.metrics(RANK_0, name));
        Files.copy(other.metrics(RANK_1, name), run.metrics(RANK_1, name));
      }),
  SHARD_OF_ANOTHER_RANGE(
      "shard-contradicts",
      (run, other) -> {
        ShardName name = run.names(RANK_0).get(1);
        Files.copy(run.shard(RANK_0, 0), run.metrics(RANK_0, name), REPLACE_EXISTING);
      }),
  SHARD_MISSING("gap", (run, other) -> Files.delete(run.shard(RANK_0, 1))),
  LAST_SHARD_MISSING("missing-tail", (run, other) -> Files.delete(run.shard(RANK_0, -1))),
  STREAM_MISSING(
      "missing-tail", (run, other) -> LoggedRun.removeAll(run.stream(RANK_0, Stream.CONSOLE))),
  COMPACTED_SHARD_MISSING("missing-tail", (run, other) -> Files.delete(run.shard(RESUMED, 0))),
  OVERLAP(
      "partial-overlap",
      (run, other) -> {
        List<ShardName> names = run.names(RANK_0);
        run.merge(RANK_0, other, names.subList(0, 2));
        run.merge(RANK_0, other, names.subList(1, 3));
        for (ShardName name : names.subList(0, 3)) {
          Files.delete(run.metrics(RANK_0, name));
        }
      }),
  OVERLAP_OF_OTHER_ROWS(
      "overlap-differs",
      (run, other) -> {
        List<ShardName> names = run.names(RANK_0);
        ShardName later = new ShardName(names.get(1).first() + 3, names.get(2).last());
        run.odd(RANK_0, later, rows(later), same(later));
        Files.delete(run.metrics(RANK_0, names.get(2)));
      }),
  ROW_TWICE(
      "row-numbers",
      (run, other) -> {
        ShardName name = run.names(RANK_0).get(1);
        List<Long> rows = new ArrayList<>(rows(name));
        rows.set(1, rows.get(0));
        run.odd(RANK_0, name, rows, same(name));
      }),
  ROWS_OF_ANOTHER_RANGE(
      "row-numbers",
      (run, other) -> {
        ShardName name = run.names(RANK_0).get(1);
        run.odd(RANK_0, name, rows(new ShardName(0, name.rows() - 1)), same(name));
      }),
  ROWS_OUT_OF_ORDER(
      "row-order",
      (run, other) -> {
        ShardName name = run.names(RANK_0).get(1);
        List<Long> rows = new ArrayList<>(rows(name));
        Collections.swap(rows, 3, 4);
        run.odd(RANK_0, name, rows, same(name));
      }),
  COVERED_SHARD_WITH_OTHER_ROWS(
      "covered-differs",
      (run, other) -> {
        List<ShardName> names = run.names(RANK_0);
        run.merge(RANK_0, other, names.subList(0, 2));
        run.odd(RANK_0, names.get(0), rows(names.get(0)), same(names.get(0)));
      }),
  COVERED_SHARDS_LEFT(
      "covered-left",
      (run, other) -> {
        List<ShardName> names = run.names(RANK_0);
        ShardName merged = run.merge(RANK_0, other, names.subList(0, 2));
        LoggedRun.age(run.metrics(RANK_0, merged), Duration.ofDays(2));
      }),
  MERGED_SHARD_CUT_SHORT(
      "shard-junk",
      (run, other) -> {
        List<ShardName> names = run.names(RANK_0);
        LoggedRun.cut(run.metrics(RANK_0, run.merge(RANK_0, other, names.subList(0, 3))), 100);
      }),
  JUNK_THAT_COVERS_ALL(
      "shard-junk",
      (run, other) -> run.text(run.metrics(RANK_0, new ShardName(0, 999_999_999_999L)), "junk")),
  COVERED_SHARD_CUT_SHORT(
      "shard-junk",
      (run, other) -> {
        List<ShardName> names = run.names(RANK_0);
        run.merge(RANK_0, other, names.subList(0, 2));
        LoggedRun.cut(run.metrics(RANK_0, names.get(0)), 100);
      }),
  ROLLUP_OF_OTHER_ROWS(
      "rollup-contradicts",
      (run, other) -> {
        ShardName name = run.names(RANK_0).get(1);
        run.odd(RANK_0, name, rows(name), same(name));
        run.rollUp(RANK_0, name);
        Files.copy(other.metrics(RANK_0, name), run.metrics(RANK_0, name), REPLACE_EXISTING);
      }),
  ROLLUP_THAT_IS_NONE(
      "rollup-left",
      (run, other) -> run.text(run.rollup(RANK_0, run.names(RANK_0).get(1)), "no roll-up")),
  ROLLUP_OF_NO_SHARD(
      "rollup-left",
      (run, other) -> {
        ShardName name = run.names(RANK_0).get(1);
        run.rollUp(RANK_0, name);
        Files.move(run.rollup(RANK_0, name), run.rollup(RANK_0, new ShardName(7, name.last())));
      }),
  STEP_TOO_FAR("step-range", (run, other) -> run.logOneMore(WriterId.of(2, 0xc0), 1L << 60)),
  NAME_WITH_A_CONTROL_CHARACTER(
      "metric-name",
      (run, other) -> {
        ShardName name = run.names(RANK_0).get(1);
        run.odd(RANK_0, name, rows(name), names(name, "a\u0007b"));
        run.edit(run.folder(RANK_0).resolve("end.json"), card -> card.remove("metrics"));
      }),
  NAME_TOO_LONG(
      "metric-name",
      (run, other) -> {
        ShardName name = run.names(RANK_0).get(1);
        run.odd(RANK_0, name, rows(name), names(name, "x".repeat(1025)));
        run.edit(run.folder(RANK_0).resolve("end.json"), card -> card.remove("metrics"));
      }),
  LAST_CARD_IS_NO_JSON(
      "card-damaged", (run, other) -> LoggedRun.cut(run.folder(RANK_0).resolve("end.json"), 9)),
  CARD_OF_A_NEWER_FORMAT(
      "card-newer",
      (run, other) ->
          run.edit(run.folder(RANK_0).resolve("end.json"), card -> card.put("format", 9))),
  CARD_OF_ANOTHER_WRITER(
      "card-contradicts",
      (run, other) ->
          run.edit(
              run.folder(RANK_0).resolve("end.json"), card -> card.put("writer", RANK_1.text()))),
  CARD_OF_ANOTHER_RANK(
      "card-contradicts",
      (run, other) ->
          run.edit(run.folder(RANK_0).resolve("end.json"), card -> card.put("rank", 3))),
  CARD_OF_ANOTHER_RUN(
      "card-moved",
      (run, other) ->
          run.edit(run.folder(RANK_0).resolve("end.json"), card -> card.put("run", "before"))),
  NO_CARD(
      "card-missing",
      (run, other) -> {
        Files.deleteIfExists(run.folder(RANK_0).resolve("end.json"));
        Files.deleteIfExists(run.folder(RANK_0).resolve("writer.json"));
      }),
  NO_LAST_CARD(
      "end-missing",
      (run, other) -> {
        Path end = run.folder(RANK_0).resolve("end.json");
        Files.move(end, end.resolveSibling("writer.json"), REPLACE_EXISTING);
        run.edit(end.resolveSibling("writer.json"), card -> card.put("state", "running"));
        LoggedRun.ageAll(run.folder(RANK_0), Duration.ofDays(3));
      }),
  LAST_CARD_WITHOUT_COUNTS(
      "end-without-rows",
      (run, other) ->
          run.edit(run.folder(RANK_0).resolve("end.json"), card -> card.remove("rows"))),
  LAST_CARD_THAT_COUNTS_FEWER(
      "rows-beyond-end",
      (run, other) ->
          run.edit(
              run.folder(RANK_0).resolve("end.json"),
              card -> card.withObject("/rows").put("metrics", 100))),
  LAST_CARD_WITH_ANOTHER_MAXIMUM(
      "summary-differs",
      (run, other) ->
          run.edit(
              run.folder(RANK_0).resolve("end.json"),
              card -> card.withObject("/metrics/loss").put("max", 1e6))),
  EDITS_THAT_ARE_NO_JSON(
      "meta-damaged", (run, other) -> run.text(run.folder().resolve("meta.json"), "{\"name\": ")),
  DELETED_LONG_AGO(
      "deleted-due",
      (run, other) ->
          run.edit(
              run.folder().resolve("meta.json"),
              meta -> meta.put("deleted_at", Instant.now().minus(Duration.ofDays(8)).toString()))),
  RESUMED_WRITER_MISSING(
      "supersedes-nothing", (run, other) -> LoggedRun.removeAll(run.folder(RANK_0))),
  PARENT_UNKNOWN(
      "fork-of-nothing",
      (run, other) ->
          run.edit(
              run.folder(RANK_1).resolve("end.json"), card -> card.put("fork_run", "nowhere"))),
  BLOB_WITH_A_FLIPPED_BIT(
      "blob-damaged",
      (run, other) -> {
        try (var files = Files.list(run.folder(RANK_0).resolve("files"))) {
          LoggedRun.flipBit(files.findFirst().orElseThrow(), 5);
        }
      }),
  UNFINISHED_FILE(
      "unfinished",
      (run, other) -> {
        Path left =
            run.stream(RANK_0, Stream.METRICS)
                .resolve(".000000000000-000000000009.parquet.0123456789abcdef.unfinished");
        run.text(left, "half a sh");
        LoggedRun.age(left, Duration.ofDays(2));
      }),
  EMPTY_FOLDER(
      "empty-folder",
      (run, other) -> {
        Path empty = Files.createDirectory(run.folder().resolve("writer=r000009-0000000000000000"));
        LoggedRun.age(empty, Duration.ofDays(2));
      }),
  FOREIGN_FILE(
      "foreign-file", (run, other) -> run.text(run.folder().resolve("notes.txt"), "remember")),
  SHARD_RENAMED_BY_A_PERSON(
      "no-shard-name",
      (run, other) -> {
        Path shard = run.shard(RANK_0, 0);
        Files.copy(shard, shard.resolveSibling("copy of " + shard.getFileName()));
      }),
  FOLDER_OF_NO_WRITER(
      "folder-name",
      (run, other) -> run.text(run.folder().resolve("writer=me/metrics/x.parquet"), "x")),
  FOLDER_OF_NO_RUN(
      "folder-name",
      (run, other) ->
          run.text(
              run.folder().resolveSibling(run.folder().getFileName() + " copy/meta.json"), "{}")),
  FOLDERS_THAT_DIFFER_IN_CASE(
      "case-only",
      (run, other) -> {
        String name = run.folder().getFileName().toString();
        Path upper =
            run.folder().resolveSibling("run=" + name.substring(4).toUpperCase(Locale.ROOT));
        Files.createDirectory(upper);
        run.text(upper.resolve("meta.json"), "{}");
      }),
  STREAM_OF_THE_FUTURE(
      "unknown-stream",
      (run, other) ->
          run.text(run.folder(RANK_0).resolve("holograms/000000000000-000000000009.parquet"), "?"));

  private final String code;

  @SuppressWarnings("ImmutableEnumChecker") // no lambda keeps anything
  private final Action action;

  Damage(String code, Action action) {
    this.code = code;
    this.action = action;
  }

  private interface Action {
    /** Damages a run; {@code other} is the same run, sound, in another root. */
    void damage(LoggedRun run, LoggedRun other) throws IOException;
  }

  /** What a doctor calls it. */
  String code() {
    return code;
  }

  /** The id of the run that it is done to where all are done at once. */
  String run() {
    return name().toLowerCase(Locale.ROOT);
  }

  void apply(LoggedRun run, LoggedRun sound) throws IOException {
    action.damage(run, sound);
  }

  private static List<Long> rows(ShardName name) {
    return LongStream.rangeClosed(name.first(), name.last()).boxed().toList();
  }

  private static List<String> same(ShardName name) {
    return names(name, "loss");
  }

  private static List<String> names(ShardName name, String metric) {
    return Collections.nCopies((int) name.rows(), metric);
  }
}
