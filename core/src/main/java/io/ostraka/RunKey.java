package io.ostraka;

import java.util.Comparator;

/**
 * One run of one project, by its folder names.
 *
 * @param project the project's name, not encoded
 * @param run the run's id, not encoded
 */
public record RunKey(String project, String run) implements Comparable<RunKey> {
  private static final Comparator<RunKey> ORDER =
      Comparator.comparing(RunKey::project).thenComparing(RunKey::run);

  /** The prefix of everything that belongs to the run, with a slash at its end. */
  public String prefix() {
    return projectPrefix(project) + "run=" + Names.encode(run) + "/";
  }

  /** The prefix of everything that belongs to a project, with a slash at its end. */
  public static String projectPrefix(String project) {
    return "project=" + Names.encode(project) + "/";
  }

  /** The key of people's edits of the run. */
  public String metaKey() {
    return prefix() + "meta.json";
  }

  @Override
  public int compareTo(RunKey other) {
    return ORDER.compare(this, other);
  }
}
