package io.ostraka.query;

import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is said about a name that nothing has: which, and which ones come near. */
final class Unknown {
  private static final int NEAR_NAMES = 3;

  private Unknown() {}

  static NoSuchFileException project(String name, Collection<String> existing) {
    return new NoSuchFileException(line("No project \"" + name + "\"", List.of(name), existing));
  }

  static NoSuchFileException run(String project, String run, Collection<String> existing) {
    String what = "No run \"" + run + "\" in project \"" + project + "\"";
    return new NoSuchFileException(line(what, List.of(run), existing));
  }

  static NoSuchFileException metric(List<String> metrics, Collection<String> existing) {
    String names = metrics.stream().map(Unknown::quoted).collect(Collectors.joining(", "));
    return new NoSuchFileException(
        line("No metric " + names + " in these runs", metrics, existing));
  }

  static NoSuchFileException writer(String writer, Collection<String> existing) {
    return new NoSuchFileException(
        line("No writer \"" + writer + "\" in this run", List.of(writer), existing));
  }

  private static String line(String what, List<String> asked, Collection<String> existing) {
    if (existing.isEmpty()) {
      return what + "; there are none yet";
    }
    List<String> near =
        existing.stream()
            .sorted(Comparator.comparingInt(name -> distance(name, asked)))
            .limit(NEAR_NAMES)
            .map(Unknown::quoted)
            .toList();
    return what + "; the nearest names are " + String.join(", ", near);
  }

  private static int distance(String name, List<String> asked) {
    return asked.stream().mapToInt(one -> distance(name, one)).min().orElse(0);
  }

  /* Edit distance (Levenshtein 1966) without regard to case, of the first characters of each. */
  private static int distance(String one, String other) {
    String a = shortened(one);
    String b = shortened(other);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static String shortened(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.length() <= 64 ? lower : lower.substring(0, 64);
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }
}
