/**
 * What a root holds: projects, runs, writers, and the shards that are live.
 *
 * <p>Stop 5 of the walk of a point. A listing is the manifest: from it come the live shards, the
 * state of every writer, and with their cards the state and the settings of every run. Reads cards
 * and footers and no rows; those are the query's.
 */
@NullMarked
package io.ostraka.catalog;

import org.jspecify.annotations.NullMarked;
