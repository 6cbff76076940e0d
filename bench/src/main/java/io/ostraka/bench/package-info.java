/** Benchmarks: each prints its figures beside something measured in the same run. */
@NullMarked
package io.ostraka.bench;

import org.jspecify.annotations.NullMarked;
