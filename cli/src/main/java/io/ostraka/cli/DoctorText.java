package io.ostraka.cli;

import io.ostraka.doctor.Check;
import io.ostraka.doctor.Examination;
import io.ostraka.doctor.Finding;
import io.ostraka.doctor.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code ostraka doctor} prints for a person: alike findings together, the worst first. */
final class DoctorText {
  private static final int SHOWN = 20;

  private DoctorText() {}

  static String of(String root, Examination examination, Duration took) {
    StringBuilder text = new StringBuilder();
    Map<Check, List<Finding>> groups = new EnumMap<>(Check.class);
    List<Check> worstFirst = new ArrayList<>();
    for (Finding finding : examination.findings()) {
      if (!groups.containsKey(finding.check())) {
        worstFirst.add(finding.check());
      }
      groups.computeIfAbsent(finding.check(), unused -> new ArrayList<>()).add(finding);
    }
    for (Check check : worstFirst) {
      group(text, check, groups.getOrDefault(check, List.of()));
    }
    text.append(summary(root, examination, took)).append('\n');
    return text.toString();
  }

  private static void group(StringBuilder text, Check check, List<Finding> findings) {
    text.append(check.severity().text().toUpperCase(Locale.ROOT))
        .append("  ")
        .append(check.code())
        .append(findings.size() > 1 ? " (" + findings.size() + ")" : "")
        .append('\n');
    text.append("  ").append(check.meaning()).append('\n');
    text.append("  What to do: ").append(check.advice()).append('\n');
    findings.stream()
        .limit(SHOWN)
        .forEach(
            finding ->
                text.append("    ")
                    .append(finding.key())
                    .append("\n        ")
                    .append(finding.detail())
                    .append('\n'));
    if (findings.size() > SHOWN) {
      text.append("    … and ")
          .append(findings.size() - SHOWN)
          .append(" more; --json lists all of them\n");
    }
    text.append('\n');
  }

  private static String summary(String root, Examination examination, Duration took) {
    if (examination.runs() == 0 && examination.findings().isEmpty()) {
      return "No runs in " + root;
    }
    return String.format(
        Locale.ROOT,
        "Read %s, %s, %s, %,d rows, %.1f MB in %.1f s: %s",
        counted(examination.runs(), "run"),
        counted(examination.writers(), "writer"),
        counted(examination.shards(), "shard"),
        examination.rows(),
        examination.bytes() / 1e6,
        took.toMillis() / 1e3,
        examination.findings().isEmpty()
            ? "all is well"
            : counted(examination.count(Severity.ERROR), "error")
                + ", "
                + counted(examination.count(Severity.WARNING), "warning")
                + ", "
                + counted(examination.count(Severity.INFO), "note"));
  }

  private static String counted(long count, String what) {
    return count == 1 ? "1 " + what : String.format(Locale.ROOT, "%,d %ss", count, what);
  }
}
