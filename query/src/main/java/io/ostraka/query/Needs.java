package io.ostraka.query;

import io.ostraka.shard.ShardLayout;
import io.ostraka.store.ByteRange;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What a query reads of large shards that are not on this machine: no more is fetched. A query must
 * not touch anything else, since what was not fetched is zeros.
 */
sealed interface Needs {
  /** Everything. */
  static Needs everything() {
    return new Everything();
  }

  /**
   * Every column of the rows of some metrics, for a query that asks {@code name = …}: DuckDB leaves
   * out row groups whose least and greatest name do not span it, and those only are not fetched.
   */
  static Needs metrics(Collection<String> names) {
    return new Metrics(Set.copyOf(names));
  }

  /** Some columns of every row. */
  static Needs columns(String... names) {
    return new Columns(Set.of(names));
  }

  /** The bytes of a shard that are needed. */
  default List<ByteRange> in(ShardLayout layout, long sizeBytes) {
    if (this instanceof Metrics metrics) {
      return layout.ofMetrics(metrics.names());
    }
    if (this instanceof Columns columns) {
      return layout.ofColumns(columns.names());
    }
    return List.of(new ByteRange(0, sizeBytes));
  }

  /** Every byte. */
  record Everything() implements Needs {}

  /** The rows of some metrics. */
  record Metrics(Set<String> names) implements Needs {}

  /** Some columns. */
  record Columns(Set<String> names) implements Needs {}
}
