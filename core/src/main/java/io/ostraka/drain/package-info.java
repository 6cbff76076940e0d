/**
 * Draining: journals of a spool become published shards and cards, each row exactly once.
 *
 * <p>Between stops 2 and 4 of the walk of a point. The range of a shard is decided once and
 * recorded before the first attempt to publish it; everything else can be repeated.
 */
@NullMarked
package io.ostraka.drain;

import org.jspecify.annotations.NullMarked;
