/**
 * Copying runs from one root to another: once, or for as long as they go on.
 *
 * <p>Beside the walk of a point, from what one store lists to what another one shows. Works by
 * names, sizes and footers; immutable objects go as they are, a card goes when it changed. Knows
 * stores, cards and the live rule; knows neither journals nor SQL, and nothing of which store is
 * which.
 */
@NullMarked
package io.ostraka.sync;

import org.jspecify.annotations.NullMarked;
