/**
 * A root that is a bucket of any S3-compatible store.
 *
 * <p>Stop 4 of the walk of a point where shards are published as objects, and the way back: a local
 * cache of immutable objects that several processes share. It knows objects, conditional puts,
 * retries and files; it does not know what a shard holds.
 */
@NullMarked
package io.ostraka.storage.bucket;

import org.jspecify.annotations.NullMarked;
