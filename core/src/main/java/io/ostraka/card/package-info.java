/**
 * Cards: what a writer says about itself, as strict JSON.
 *
 * <p>Beside the walk of a point: a card travels with the shards through the same store and says who
 * wrote them, with which configuration, and whether the writer still lives. This package reads,
 * checks and merges cards; it does not decide what a run's state is, which is the catalog's work.
 */
@NullMarked
package io.ostraka.card;

import org.jspecify.annotations.NullMarked;
