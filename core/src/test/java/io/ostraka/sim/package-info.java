/**
 * The deterministic simulation: seeded schedules of writers, drainers, compactors and readers over
 * files and stores that fail as a seed says, and the invariants that hold after every step.
 */
@NullMarked
package io.ostraka.sim;

import org.jspecify.annotations.NullMarked;
