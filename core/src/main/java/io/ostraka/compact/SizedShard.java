package io.ostraka.compact;

import io.ostraka.ShardName;

/**
 * A shard as a listing has it.
 *
 * @param name its range
 * @param sizeBytes the length of the file
 */
public record SizedShard(ShardName name, long sizeBytes) {}
