/**
 * What a Java program that trains sees: {@link io.ostraka.client.Ostraka} starts a {@link
 * io.ostraka.client.Run}, which logs.
 *
 * <p>Stop 1 of the walk of a point. Beside the command line the only place that names a store and
 * reads environment, clock and randomness.
 */
@NullMarked
package io.ostraka.client;

import org.jspecify.annotations.NullMarked;
