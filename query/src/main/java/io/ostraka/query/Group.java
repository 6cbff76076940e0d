package io.ostraka.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a line that several are drawn as.
 *
 * @param value what they have in common; null if they have no such field
 * @param runs their ids, those that have points of the metric
 */
public record Group(@Nullable String value, List<String> runs) {
  /** Keeps its own copy. */
  public Group {
    runs = List.copyOf(runs);
  }
}
