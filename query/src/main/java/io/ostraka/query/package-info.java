/**
 * DuckDB over live shards: which metrics there are, series in bins, exact points, console and
 * texts.
 *
 * <p>Stop 6 of the walk of a point. Shards come from the catalog and are read as local files that
 * the store hands out. Nothing here knows HTTP or a concrete store, and no type of {@code java.sql}
 * leaves the package.
 */
@NullMarked
package io.ostraka.query;

import org.jspecify.annotations.NullMarked;
