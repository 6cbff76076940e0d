package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.sync.SyncResult;
import io.ostraka.sync.SyncResult.Copied;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code ostraka sync} says when it is done. */
final class SyncText {
  private static final int RUNS_SHOWN = 5;

  private SyncText() {}

  static List<String> lines(String from, String to, boolean dryRun, SyncResult result) {
    List<String> lines = new ArrayList<>();
    if (dryRun) {
      result.copied().forEach((run, copied) -> lines.add(shown(run) + ": " + amount(copied)));
    }
    lines.add(copied(from, to, dryRun, result));
    if (result.removedObjects() > 0) {
      lines.add(
          "%s %,d files at %s that it needs no more%s"
              .formatted(
                  dryRun ? "Would remove" : "Removed",
                  result.removedObjects(),
                  to,
                  result.removedRuns() == 0
                      ? ""
                      : ", with " + runs(result.removedRuns()) + " deleted there"));
    }
    if (!result.extra().isEmpty()) {
      lines.add(
          "%s has %s that %s has not, and keeps them: %s"
              .formatted(to, runs(result.extra().size()), from, list(result.extra())));
    }
    if (result.foreign() > 0) {
      lines.add(
          "%,d files of %s are not Ostraka's and were left alone"
              .formatted(result.foreign(), from));
    }
    return lines;
  }

  private static String copied(String from, String to, boolean dryRun, SyncResult result) {
    Copied all = result.all();
    String there = String.format(Locale.ROOT, "%,d were there already", result.present());
    if (all.objects() == 0) {
      return "Nothing %s: of %s in %s, %s in %s"
          .formatted(dryRun ? "to copy" : "copied", runs(result.runs()), from, there, to);
    }
    return "%s %s of %s from %s to %s; %s"
        .formatted(
            dryRun ? "Would copy" : "Copied",
            amount(all),
            runs(result.copied().size()),
            from,
            to,
            there);
  }

  /** For example {@code 12 files (3.4 MB)}. */
  static String amount(Copied copied) {
    boolean isSmall = copied.bytes() < 1_000_000;
    return String.format(
        Locale.ROOT,
        "%,d %s (%.1f %s)",
        copied.objects(),
        copied.objects() == 1 ? "file" : "files",
        copied.bytes() / (isSmall ? 1e3 : 1e6),
        isSmall ? "kB" : "MB");
  }

  private static String runs(int count) {
    return count == 1 ? "1 run" : String.format(Locale.ROOT, "%,d runs", count);
  }

  private static String shown(RunKey run) {
    return run.project() + "/" + run.run();
  }

  private static String list(List<RunKey> runs) {
    String first =
        runs.stream().limit(RUNS_SHOWN).map(SyncText::shown).collect(Collectors.joining(", "));
    return runs.size() > RUNS_SHOWN ? first + ", …" : first;
  }
}
