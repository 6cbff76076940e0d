/**
 * Formulas over metrics, such as {@code (a - b) / c}: from text to a number. Knows nothing of
 * points, runs or shards.
 */
@NullMarked
package io.ostraka.query.formula;

import org.jspecify.annotations.NullMarked;
