package io.ostraka.query.filter;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The names that come nearest to one that nothing has. */
public final class NearNames {
  private static final int MOST = 3;
  private static final int LONGEST_COMPARED = 64;

  private NearNames() {}

  /** At most three of the existing names, the nearest to any of those asked for first. */
  public static List<String> of(List<String> asked, Collection<String> existing) {
    return existing.stream()
        .sorted(Comparator.comparingInt(name -> distance(name, asked)))
        .limit(MOST)
        .toList();
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
    return lower.length() <= LONGEST_COMPARED ? lower : lower.substring(0, LONGEST_COMPARED);
  }
}
