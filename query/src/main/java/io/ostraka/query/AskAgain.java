package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.catalog.RunSnapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Runs that were answered about without some of their shards, until those who follow them are told
 * to ask again. Safe for threads.
 */
final class AskAgain {
  /** What stays away is asked for at every turn, and each time costs requests. */
  private static final long REST_NANOS = Duration.ofSeconds(10).toNanos();

  private final LongSupplier nanoTime;
  private final Map<String, Waiting> projects = new HashMap<>();

  AskAgain(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The runs of a project, and when some were last told. */
  private static final class Waiting {
    private final Set<RunKey> runs = new HashSet<>();
    private long toldNanos;

    Waiting(long toldNanos) {
      this.toldNanos = toldNanos;
    }
  }

  /** An answer about some runs was not whole. */
  synchronized void note(Collection<RunSnapshot> runs) {
    long longAgo = nanoTime.getAsLong() - REST_NANOS;
    for (RunSnapshot run : runs) {
      String project = run.key().project();
      projects.computeIfAbsent(project, name -> new Waiting(longAgo)).runs.add(run.key());
    }
  }

  /** The runs of a project that are to be asked about again now; each is told once. */
  synchronized Set<RunKey> due(String project) {
    Waiting waiting = projects.get(project);
    long now = nanoTime.getAsLong();
    if (waiting == null || now - waiting.toldNanos < REST_NANOS || waiting.runs.isEmpty()) {
      return Set.of();
    }
    Set<RunKey> due = Set.copyOf(waiting.runs);
    waiting.runs.clear();
    waiting.toldNanos = now;
    return due;
  }
}
