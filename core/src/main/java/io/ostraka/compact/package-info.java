/**
 * Compaction: neighbouring shards of a writer are replaced by one that covers them.
 *
 * <p>Beside the walk of a point, after stop 5. Which shards may be merged follows from their names
 * alone ({@link io.ostraka.compact.BlockRule}), so anyone may merge at any time; when it is worth
 * it is {@link io.ostraka.compact.MergePolicy}'s business. Knows stores and shards; knows neither
 * journals nor SQL.
 */
@NullMarked
package io.ostraka.compact;

import org.jspecify.annotations.NullMarked;
