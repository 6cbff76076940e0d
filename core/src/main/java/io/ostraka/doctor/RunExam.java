package io.ostraka.doctor;

import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.edit.RunEdits;
import io.ostraka.store.Listing;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Examines one run: its writers, people's edits, and what else lies there. */
final class RunExam {
  /** How often a writer is examined anew whose files come and go. */
  private static final int LOOKS = 5;

  private static final Duration STALE = Duration.ofDays(1);
  private static final String WRITER = "writer=";
  private static final Set<Check> OF_A_LISTING =
      Set.of(Check.GAP, Check.MISSING_TAIL, Check.ROWS_BEYOND_END, Check.CARD_MISSING);

  private final Tools tools;
  private final RunKey run;
  private final Set<String> runIds;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<WriterId, WriterExam> exams = new TreeMap<>();

  /**
   * An examination.
   *
   * @param runIds the ids of all runs of the project
   */
  RunExam(Tools tools, RunKey run, Set<String> runIds) {
    this.tools = tools;
    this.run = run;
    this.runIds = runIds;
  }

  List<Finding> examine() throws IOException {
    Listing listing = tools.store().list(run.prefix());
    tools.listedAt(listing.listedAt());
    Map<String, List<StoredObject>> writers = new LinkedHashMap<>();
    for (StoredObject object : listing.objects()) {
      String rest = object.key().substring(run.prefix().length());
      int slash = rest.indexOf('/');
      if (slash < 0) {
        examineFile(object, rest);
      } else {
        writers.computeIfAbsent(rest.substring(0, slash), f -> new ArrayList<>()).add(object);
      }
    }
    for (Map.Entry<String, List<StoredObject>> writer : writers.entrySet()) {
      examineFolder(writer.getKey(), writer.getValue());
    }
    examineRollups(listing.objects());
    exams.values().forEach(exam -> findings.addAll(exam.supersedingNothing(exams.keySet())));
    reportForks();
    reportUnfinished();
    reportEmptyFolders();
    return findings;
  }

  int writers() {
    return exams.size();
  }

  int shards() {
    return exams.values().stream().mapToInt(WriterExam::shardCount).sum();
  }

  long rows() {
    return exams.values().stream().mapToLong(WriterExam::rows).sum();
  }

  private void examineFile(StoredObject object, String name) throws IOException {
    if (name.equals("meta.json")) {
      examineEdits(object);
    } else if (!name.startsWith("_")) {
      findings.add(
          new Finding(Check.FOREIGN_FILE, object.key(), "%,d bytes".formatted(object.sizeBytes())));
    }
  }

  private void examineEdits(StoredObject object) {
    try {
      Card meta = Card.parse(tools.store().read(object.key()));
      Instant due = meta.deletedAt().map(at -> at.plus(RunEdits.UNDO)).orElse(Instant.MAX);
      if (due.isBefore(tools.now())) {
        findings.add(
            new Finding(
                Check.DELETED_DUE, run.prefix(), "deleted at " + meta.deletedAt().orElseThrow()));
      }
    } catch (ShardFormatException e) {
      Check check = e.isNewer() ? Check.CARD_NEWER : Check.META_DAMAGED;
      findings.add(new Finding(check, object.key(), String.valueOf(e.getMessage())));
    } catch (NoSuchFileException e) {
      return; // A person purged the run, or took the edits back.
    } catch (IOException e) {
      findings.add(new Finding(Check.UNREADABLE, object.key(), String.valueOf(e.getMessage())));
    } finally {
      tools.read(object);
    }
  }

  private void examineRollups(List<StoredObject> objects) throws IOException {
    List<StoredObject> rollups =
        objects.stream().filter(o -> o.key().startsWith(run.rollupsPrefix())).toList();
    RollupExam exam = new RollupExam(tools, run, Set.copyOf(keys(objects)));
    findings.addAll(exam.examine(rollups));
  }

  private void examineFolder(String folder, List<StoredObject> objects) throws IOException {
    if (folder.startsWith("_")) {
      return; // Derived; of that only roll-ups are looked into.
    }
    String id = folder.startsWith(WRITER) ? folder.substring(WRITER.length()) : "";
    if (!WriterId.isWriterId(id)) {
      findings.add(
          new Finding(
              Check.FOLDER_NAME,
              run.prefix() + folder + "/",
              objects.size() == 1 ? "1 file" : objects.size() + " files"));
      return;
    }
    examineWriter(new WriterKey(run, new WriterId(id)), objects);
  }

  /** Looks again where files came or went meanwhile: a listing is no snapshot. */
  private void examineWriter(WriterKey writer, List<StoredObject> objects) throws IOException {
    List<StoredObject> listed = objects;
    for (int look = 1; ; look++) {
      WriterExam exam = new WriterExam(tools, writer, listed);
      List<Finding> found = List.of();
      boolean vanished = false;
      try {
        found = exam.examine();
      } catch (VanishedException e) {
        vanished = true;
      }
      boolean isDoubtful =
          vanished || found.stream().anyMatch(f -> OF_A_LISTING.contains(f.check()));
      if (isDoubtful && look < LOOKS) {
        Listing again = tools.store().list(writer.prefix());
        if (vanished || !keys(again.objects()).equals(keys(listed))) {
          tools.listedAt(again.listedAt());
          listed = again.objects();
          continue;
        }
      }
      if (vanished) {
        throw new IOException(
            "Cannot examine %s/%s: its files come and go faster than they can be read; try again later"
                .formatted(tools.store().root(), writer.prefix()));
      }
      exams.put(writer.writer(), exam);
      findings.addAll(found);
      return;
    }
  }

  private static List<String> keys(List<StoredObject> objects) {
    return objects.stream().map(StoredObject::key).toList();
  }

  private void reportForks() {
    Set<String> parents = new TreeSet<>();
    exams.values().forEach(exam -> exam.card().flatMap(Card::forkRun).ifPresent(parents::add));
    parents.removeAll(runIds);
    parents.forEach(
        parent -> findings.add(new Finding(Check.FORK_OF_NOTHING, run.prefix(), parent)));
  }

  private void reportUnfinished() throws IOException {
    Instant before = tools.now().minus(STALE);
    for (StoredObject left : tools.store().unfinished(run.prefix())) {
      if (left.modified().isBefore(before)) {
        findings.add(
            new Finding(
                Check.UNFINISHED,
                left.key(),
                "%,d bytes, last written at %s".formatted(left.sizeBytes(), left.modified()),
                new Remedy.RemoveUnfinished(run.prefix(), before)));
      }
    }
  }

  private void reportEmptyFolders() throws IOException {
    Instant before = tools.now().minus(STALE);
    for (StoredObject folder : tools.store().emptyFolders(run.prefix())) {
      if (folder.modified().isBefore(before)) {
        findings.add(new Finding(Check.EMPTY_FOLDER, folder.key(), "since " + folder.modified()));
      }
    }
  }
}
