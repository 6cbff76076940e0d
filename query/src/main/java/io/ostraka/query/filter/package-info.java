/**
 * The language in which people choose runs: fields, values, filter expressions and sort orders
 * ({@code docs/filters.md}). It knows what a run's fields are called and nothing of where their
 * values come from.
 */
@NullMarked
package io.ostraka.query.filter;

import org.jspecify.annotations.NullMarked;
