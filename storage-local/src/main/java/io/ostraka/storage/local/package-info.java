/**
 * Shards in a directory: fsync and hard links.
 *
 * <p>Stop 4 of the walk of a point, on a local disk or a cluster's file system. Knows keys, files
 * and folders, and what has to reach the disk in which order; does not know what a run is.
 */
@NullMarked
package io.ostraka.storage.local;

import org.jspecify.annotations.NullMarked;
