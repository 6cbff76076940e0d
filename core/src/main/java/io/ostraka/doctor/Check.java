package io.ostraka.doctor;

import static io.ostraka.doctor.Severity.ERROR;
import static io.ostraka.doctor.Severity.INFO;
import static io.ostraka.doctor.Severity.WARNING;

/** What is looked for; {@code docs/doctor.md} has the same list. */
public enum Check {
  /** A folder or file that cannot be read at all. */
  UNREADABLE(
      "unreadable",
      ERROR,
      "The store does not let it be read, so nothing can be said of what is in it.",
      "Allow reading (file permissions, the bucket's policy), then look again."),
  /** A folder in the place of a project, run or writer that no name encodes to. */
  FOLDER_NAME(
      "folder-name",
      ERROR,
      "No name of a project, run or writer is encoded like this, so everything below it is ignored.",
      "Rename the folder as docs/format.md §2 has it."),
  /** Folders whose names differ in case only. */
  CASE_ONLY(
      "case-only",
      WARNING,
      "Its name differs from another's in upper and lower case only: copied to a disk that ignores case, the two fall into one.",
      "Rename one of them before you copy the root to such a disk."),
  /** A file that has no place in the layout. */
  FOREIGN_FILE(
      "foreign-file",
      INFO,
      "It has no place in the layout; readers ignore it.",
      "Leave it, or move it away."),
  /** A file in a stream's folder that is nearly a shard. */
  NO_SHARD_NAME(
      "no-shard-name",
      WARNING,
      "It lies among shards and is a Parquet file, but its name is no range of rows, so its rows are not shown.",
      "If it is a shard that was renamed, give it back its name (its footer has first and last row); else move it away."),
  /** A stream's folder that this version does not know. */
  UNKNOWN_STREAM(
      "unknown-stream",
      INFO,
      "This version does not know the stream and shows nothing of it.",
      "Upgrade ostraka to see it."),
  /** A folder with nothing in it. */
  EMPTY_FOLDER(
      "empty-folder", INFO, "Nothing is in it.", "Leave it, or remove it once its run has ended."),
  /** What a publisher that died left. */
  UNFINISHED(
      "unfinished",
      INFO,
      "A publisher died while it wrote this more than a day ago; no reader ever sees it.",
      "--repair removes it."),

  /** A shard that cannot be read. */
  SHARD_DAMAGED(
      "shard-damaged",
      ERROR,
      "The shard cannot be read, and its rows are nowhere else.",
      "Copy it again from where the run was written, or from a backup; what is in its place stays ignored."),
  /** A shard of a newer format. */
  SHARD_NEWER(
      "shard-newer",
      ERROR,
      "A newer version wrote the shard; this one does not show its rows.",
      "Upgrade ostraka."),
  /** A shard whose footer contradicts its name or folder. */
  SHARD_CONTRADICTS(
      "shard-contradicts",
      ERROR,
      "Its footer says another writer, stream or range than its name, so its rows are not shown.",
      "Move it to where its footer says it belongs, or put back the original."),
  /** Something unreadable under a shard's name that hides nothing. */
  SHARD_JUNK(
      "shard-junk",
      WARNING,
      "It has the name of a shard and cannot be read, but every row that it could hold is in other shards.",
      "--repair moves it to _doctor/ once the run has ended."),
  /** Row numbers that are not each one of the range once. */
  ROW_NUMBERS(
      "row-numbers",
      ERROR,
      "Its rows are not each row of its range once: rows are missing, twice, or another shard's.",
      "Put back the original, or report this if Ostraka wrote it."),
  /** Rows that are not sorted. */
  ROW_ORDER(
      "row-order",
      ERROR,
      "Its rows are not sorted, so a reader that relies on it may miss some.",
      "Put back the original, or report this if Ostraka wrote it."),
  /** Rows missing between shards. */
  GAP(
      "gap",
      ERROR,
      "Rows between two shards are missing.",
      "If their program or agent still has a journal ('ostraka status'), publish it; else copy the missing shards again."),
  /** Fewer rows than the last card says. */
  MISSING_TAIL(
      "missing-tail",
      ERROR,
      "The last card says that there are more rows: shards at the end are missing, or the copy is incomplete.",
      "Copy the run again until nothing changes, or publish the journal that holds them."),
  /** More rows than the last card says. */
  ROWS_BEYOND_END(
      "rows-beyond-end",
      WARNING,
      "There are more rows than the last card says.",
      "Report this; all rows are shown."),
  /** Shards that share some rows. */
  PARTIAL_OVERLAP(
      "partial-overlap",
      WARNING,
      "Two shards share some rows. Each row is read once, nothing is lost.",
      "--repair publishes a shard that covers both, once the run has ended."),
  /** Shards that share rows which differ. */
  OVERLAP_DIFFERS(
      "overlap-differs",
      ERROR,
      "Two shards share rows, and these differ; the earlier shard's are shown.",
      "Find out which is right (two writers with one id?), and move the other away."),
  /** A covered shard that differs. */
  COVERED_DIFFERS(
      "covered-differs",
      ERROR,
      "The shard is covered by a larger one that holds other values for the same rows.",
      "Do not remove either; find out which is right, and report this."),
  /** Covered shards that nobody removed. */
  COVERED_LEFT(
      "covered-left",
      INFO,
      "Covered shards were not removed; they take room and are not read.",
      "--repair removes those whose rows were compared and are older than a day; so does 'ostraka compact'."),
  /** A roll-up that tells something else than its shard. */
  ROLLUP_CONTRADICTS(
      "rollup-contradicts",
      WARNING,
      "The roll-up differs from its shard, so a chart from far off may be drawn wrong; nothing that was logged is.",
      "--repair removes it, and 'ostraka rollups' makes it anew; report this if Ostraka wrote it."),
  /** A roll-up that nobody can use. */
  ROLLUP_LEFT(
      "rollup-left",
      INFO,
      "The roll-up cannot be read, or its shard is no more; readers take the rows.",
      "--repair removes it, and 'ostraka rollups' makes it anew."),
  /** Steps that a page cannot draw exactly. */
  STEP_RANGE(
      "step-range",
      INFO,
      "Steps beyond ±2^53 are not exact on the page.",
      "Nothing, if an importer brought them; a client never writes them."),
  /** Names that break the rules. */
  METRIC_NAME(
      "metric-name",
      WARNING,
      "A name is empty, longer than 1,024 bytes, holds a control character, or is no UTF-8.",
      "It is shown as far as that is possible; correct the program that wrote it."),

  /** No card. */
  CARD_MISSING(
      "card-missing",
      WARNING,
      "The writer has neither writer.json nor end.json: its points are shown without configuration, rank and state.",
      "Copy the card again if the run was copied."),
  /** A card that is no card. */
  CARD_DAMAGED(
      "card-damaged",
      ERROR,
      "The card is no strict JSON object, so what it says is not shown.",
      "Put back the original, or correct it by hand."),
  /** A card of a newer format. */
  CARD_NEWER(
      "card-newer",
      ERROR,
      "A newer version wrote the card; this one ignores it.",
      "Upgrade ostraka."),
  /** A card that says another writer. */
  CARD_CONTRADICTS(
      "card-contradicts",
      WARNING,
      "The card names another writer or rank than its folder. The folder's name wins.",
      "Look whether a folder was copied over another."),
  /** A card that says another run. */
  CARD_MOVED(
      "card-moved",
      INFO,
      "The card names another project or run than its folder: the run was moved or renamed. The folder's name wins.",
      "Nothing."),
  /** No last card though long silent. */
  END_MISSING(
      "end-missing",
      INFO,
      "The writer was not heard of for long and has no end.json: it is shown as crashed, and a missing tail would not be noticed.",
      "If its machine still has the journal, 'ostraka publish' there ends it."),
  /** A last card without counts. */
  END_WITHOUT_ROWS(
      "end-without-rows",
      WARNING,
      "The last card does not say how many rows there are, so a missing tail would not be noticed.",
      "Put back the original."),
  /** A summary that is not that of the rows. */
  SUMMARY_DIFFERS(
      "summary-differs",
      WARNING,
      "The last card's last, min, max, mean or count of a metric is not that of its rows; tables of runs show the card's.",
      "Report this; charts show the rows."),
  /** A run resumed from writers that are not there. */
  SUPERSEDES_NOTHING(
      "supersedes-nothing",
      INFO,
      "The writer continues one that is not here.",
      "Nothing, if that was removed or never published."),
  /** A run forked from one that is not there. */
  FORK_OF_NOTHING(
      "fork-of-nothing",
      INFO,
      "The run was forked from one that is not here, so it is drawn without it.",
      "Nothing, or copy the parent to this root."),
  /** Damaged edits. */
  META_DAMAGED(
      "meta-damaged",
      ERROR,
      "meta.json cannot be read: people's name, tags and notes are not shown, and a deleted run is shown again.",
      "Correct it by hand, or move it away."),
  /** A deleted run whose time has passed. */
  DELETED_DUE(
      "deleted-due",
      INFO,
      "The run was deleted more than 7 days ago and still takes room.",
      "'ostraka rm --purge' removes it for good."),
  /** A blob whose bytes are not its name's. */
  BLOB_DAMAGED(
      "blob-damaged",
      ERROR,
      "The content of the file is not what its name, the SHA-256 of it, says.",
      "Copy it again.");

  private final String code;
  private final Severity severity;
  private final String meaning;
  private final String advice;

  Check(String code, Severity severity, String meaning, String advice) {
    this.code = code;
    this.severity = severity;
    this.meaning = meaning;
    this.advice = advice;
  }

  /** The name for programs, for example {@code missing-tail}; never changes. */
  public String code() {
    return code;
  }

  /** How bad it is. */
  public Severity severity() {
    return severity;
  }

  /** What it means, for a person. */
  public String meaning() {
    return meaning;
  }

  /** What to do about it. */
  public String advice() {
    return advice;
  }
}
