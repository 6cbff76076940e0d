package io.ostraka.doctor;

import java.util.List;

/**
 * What an examination looked at and found.
 *
 * @param runs how many runs it looked at
 * @param writers how many writers they have
 * @param shards how many shards it read
 * @param rows how many rows it read
 * @param bytes how many bytes it read
 * @param findings the worst first
 */
public record Examination(
    int runs, int writers, int shards, long rows, long bytes, List<Finding> findings) {
  /** Keeps its own copy. */
  public Examination {
    findings = List.copyOf(findings);
  }

  /** How many findings are of a severity. */
  public long count(Severity severity) {
    return findings.stream().filter(finding -> finding.check().severity() == severity).count();
  }
}
