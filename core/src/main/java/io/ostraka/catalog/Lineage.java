package io.ostraka.catalog;

import io.ostraka.RunKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Where a run's history comes from: the run itself, then the runs that it was forked from, the
 * nearest first.
 *
 * <p>No row is copied by a fork; a reader draws each ancestor below the step where its child left
 * it. An ancestor that is not there (deleted, moved, never copied along) ends the lineage, and so
 * does one that is its own ancestor.
 */
public final class Lineage {
  private Lineage() {}

  /**
   * One run of a lineage.
   *
   * @param run the run, whose own hiding holds too
   * @param belowStep its points of this step and greater ones are not drawn; {@link Long#MAX_VALUE}
   *     for the run itself
   */
  public record Ancestor(RunSnapshot run, long belowStep) {}

  /**
   * The lineage of a run.
   *
   * @param runs all runs of its project that are shown, by id
   */
  public static List<Ancestor> of(RunSnapshot run, Map<String, RunSnapshot> runs) {
    List<Ancestor> lineage = new ArrayList<>();
    Set<RunKey> met = new HashSet<>();
    RunSnapshot at = run;
    long below = Long.MAX_VALUE;
    while (met.add(at.key())) {
      lineage.add(new Ancestor(at, below));
      Optional<RunSnapshot> parent = at.card().forkRun().map(runs::get);
      OptionalLong step = at.card().forkStep();
      if (parent.isEmpty() || step.isEmpty()) {
        break;
      }
      // A rewind to a step before the fork takes the ancestors' points from there on with it.
      below = Math.min(below, Math.min(step.getAsLong(), at.rewoundTo().orElse(Long.MAX_VALUE)));
      at = parent.get();
    }
    return lineage;
  }
}
