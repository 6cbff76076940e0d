/**
 * The words of the storage contract: names, keys, writers, streams, and the names of shards.
 *
 * <p>Everything here is a value that checks itself. Nothing here touches a disk or a network;
 * {@code io.ostraka.store} says what a store must offer, and the packages beside it do the walk of
 * a point.
 */
@NullMarked
package io.ostraka;

import org.jspecify.annotations.NullMarked;
