package io.ostraka.query.filter;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What every run has beside its configuration and its summary. */
public enum Fact {
  /** The run's id. */
  RUN(Kind.TEXT),
  /** Its name for people, the id where it has none. */
  NAME(Kind.TEXT),
  /** How it is doing. */
  STATE(Kind.STATE),
  /** The group that it belongs to. */
  GROUP(Kind.TEXT),
  /** The kind of work. */
  JOB_TYPE(Kind.TEXT),
  /** Its tags. */
  TAGS(Kind.TEXT, "tag"),
  /** A person's notes. */
  NOTES(Kind.TEXT),
  /** The machine of its lowest rank. */
  HOST(Kind.TEXT),
  /** When it started. */
  STARTED_AT(Kind.TIME, "started"),
  /** When it was last heard of. */
  HEARTBEAT_AT(Kind.TIME, "heartbeat"),
  /** When it ended. */
  FINISHED_AT(Kind.TIME, "finished"),
  /** From its start to its end, or to when it was last heard of; in seconds. */
  DURATION(Kind.SECONDS),
  /** How many points were not accepted. */
  DROPPED(Kind.NUMBER),
  /** How many processes have logged to it. */
  WRITERS(Kind.NUMBER),
  /** The run that it was forked from. */
  FORK_RUN(Kind.TEXT),
  /** The step of the fork. */
  FORK_STEP(Kind.NUMBER);

  /** What its values are, and so what it can be compared with. */
  enum Kind {
    TEXT,
    STATE,
    NUMBER,
    SECONDS,
    TIME
  }

  private static final Map<String, Fact> BY_NAME = byName();

  private final Kind kind;
  private final String otherName;

  Fact(Kind kind) {
    this(kind, "");
  }

  Fact(Kind kind, String otherName) {
    this.kind = kind;
    this.otherName = otherName;
  }

  /** The word for it in a filter and in answers. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  Kind kind() {
    return kind;
  }

  /** The fact that a word is for; null if it is for none. */
  public static @Nullable Fact of(String name) {
    return BY_NAME.get(name);
  }

  static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  private static Map<String, Fact> byName() {
    Map<String, Fact> byName = new TreeMap<>();
    for (Fact fact : values()) {
      byName.put(fact.text(), fact);
      if (!fact.otherName.isEmpty()) {
        byName.put(fact.otherName, fact);
      }
    }
    return byName;
  }
}
