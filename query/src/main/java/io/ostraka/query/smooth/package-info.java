/**
 * Smoothing of a line before it is drawn, over all its points and one point at a time. It sees
 * values, and for one kind the places, and knows nothing of runs, axes or shards.
 *
 * <p>One rule holds for all kinds: a value that is not finite is not smoothed and smooths nothing;
 * it stays as it is at its place, and the others are smoothed as if it were not there.
 */
@NullMarked
package io.ostraka.query.smooth;

import org.jspecify.annotations.NullMarked;
