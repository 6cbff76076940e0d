/**
 * What a store must offer to hold a root, be it a directory or a bucket.
 *
 * <p>Stop 4 of the walk of a point. The contract only; the modules {@code storage-*} implement it,
 * and each runs the same contract test.
 */
@NullMarked
package io.ostraka.store;

import org.jspecify.annotations.NullMarked;
