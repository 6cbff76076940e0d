package io.ostraka.catalog;

import io.ostraka.ShardName;
import java.time.Instant;

/**
 * A shard to be read.
 *
 * @param key its key
 * @param name its range
 * @param sizeBytes the length of the file
 * @param modified when it was published, by the store's clock
 * @param fromRow the first row to be read from it; rows below are another shard's. Its first row
 *     but for partial overlaps
 */
public record LiveShard(
    String key, ShardName name, long sizeBytes, Instant modified, long fromRow) {}
