/**
 * Training programs in Java that log, written as a user of {@code io.ostraka.client} writes them.
 */
@NullMarked
package io.ostraka.examples;

import org.jspecify.annotations.NullMarked;
