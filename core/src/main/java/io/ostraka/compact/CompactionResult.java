package io.ostraka.compact;

import io.ostraka.catalog.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pass did.
 *
 * @param merges how many shards were made
 * @param sourcesMerged of how many others
 * @param bytesRead their length
 * @param bytesWritten the length of the merged shards
 * @param retired how many covered shards were removed
 * @param waiting how many covered shards stay for now, so that readers can finish
 * @param problems what was left alone, a line for each; everything is as readable as it was
 */
public record CompactionResult(
    int merges,
    int sourcesMerged,
    long bytesRead,
    long bytesWritten,
    int retired,
    int waiting,
    List<Problem> problems) {
  /** Nothing was done. */
  public static final CompactionResult NOTHING = new CompactionResult(0, 0, 0, 0, 0, 0, List.of());

  /** Keeps its own copy, each problem once. */
  public CompactionResult {
    problems = problems.stream().distinct().toList();
  }

  /** Both together. */
  public CompactionResult plus(CompactionResult other) {
    List<Problem> both = new ArrayList<>(problems);
    both.addAll(other.problems);
    return new CompactionResult(
        merges + other.merges,
        sourcesMerged + other.sourcesMerged,
        bytesRead + other.bytesRead,
        bytesWritten + other.bytesWritten,
        retired + other.retired,
        waiting + other.waiting,
        both);
  }
}
