package io.ostraka.query.filter;

import java.util.Arrays;
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
        .distinct()
        .sorted(Comparator.comparingInt(name -> unlikeness(asked, name)))
        .limit(MOST)
        .toList();
  }

  private static int unlikeness(List<String> asked, String name) {
    return asked.stream().mapToInt(one -> unlikeness(one, name)).min().orElse(0);
  }

  /** How little a name is like the one asked for; a part of it that is like that counts first. */
  public static int unlikeness(String asked, String name) {
    return distance(name, asked, true) * 2 * LONGEST_COMPARED + distance(name, asked, false);
  }

  /*
   * Edit distance (Levenshtein 1966) without regard to case, of the first characters of each; or of
   * what is asked to that part of the name which comes nearest (Sellers 1980), so that "loss" is
   * near "train/loss".
   */
  private static int distance(String name, String asked, boolean isWithin) {
    String a = shortened(asked);
    String b = shortened(name);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = isWithin ? 0 : j;
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
    return isWithin ? Arrays.stream(row).min().orElse(0) : row[b.length()];
  }

  private static String shortened(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.length() <= LONGEST_COMPARED ? lower : lower.substring(0, LONGEST_COMPARED);
  }
}
