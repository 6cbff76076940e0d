package io.ostraka;

import java.util.Comparator;

/**
 * One run of one project, by its folder names.
 *
 * @param project the project's name, not encoded
 * @param run the run's id, not encoded
 */
public record RunKey(String project, String run) implements Comparable<RunKey> {
  /** The last part of {@link #editMarkKey}. */
  public static final String EDIT_MARK = "_edited";

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

  /**
   * The key of what changes with every edit of any run of a project, so that who follows the
   * project need not look at each run's {@code meta.json} again and again. Derived: it may be
   * absent, and then an edit is seen a little later.
   */
  public static String editMarkKey(String project) {
    return projectPrefix(project) + EDIT_MARK;
  }

  /**
   * The key of what a reader noted of the runs of a project that have ended, for a fast start of
   * the next one. Derived: it may be absent or old.
   */
  public static String runIndexKey(String project) {
    return projectPrefix(project) + "_runs";
  }

  /**
   * The prefix of the roll-ups of the run's shards, with a slash at its end. Derived: what lies
   * there may be removed at any time.
   */
  public String rollupsPrefix() {
    return prefix() + "_rollups/";
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
