package io.ostraka.compact;

import io.ostraka.ShardName;
import java.util.List;

/**
 * A merge that the rule of blocks allows.
 *
 * @param target the range of the merged shard
 * @param sources the shards that it holds, by first row
 * @param sourceBytes the length of all sources
 */
public record Merge(ShardName target, List<ShardName> sources, long sourceBytes) {
  /** Keeps its own copy. */
  public Merge {
    sources = List.copyOf(sources);
  }

  static Merge of(List<SizedShard> sources) {
    List<ShardName> names = sources.stream().map(SizedShard::name).toList();
    ShardName target = new ShardName(names.get(0).first(), names.get(names.size() - 1).last());
    return new Merge(target, names, sources.stream().mapToLong(SizedShard::sizeBytes).sum());
  }
}
