/**
 * Shards: rows gathered in columns, sorted, encoded as Parquet, and read back.
 *
 * <p>Stop 3 of the walk of a point. The only package that knows Parquet; it knows neither stores
 * nor SQL.
 */
@NullMarked
package io.ostraka.shard;

import org.jspecify.annotations.NullMarked;
