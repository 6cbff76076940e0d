/**
 * Examines a root: reads everything in it, says what is wrong, what that means and what to do, and
 * repairs what can be repaired without losing anything.
 *
 * <p>Beside the walk of a point; it stands where a reader does and asks more. Knows stores, cards
 * and shards; knows neither journals nor SQL, and prints nothing.
 */
@NullMarked
package io.ostraka.doctor;

import org.jspecify.annotations.NullMarked;
