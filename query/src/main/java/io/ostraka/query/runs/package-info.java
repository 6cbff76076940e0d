/**
 * A run as a row of a table, and what is asked of many of them: pages that are filtered and sorted,
 * differences, and which settings matter for an outcome ({@code docs/http.md}). It reads no store.
 */
@NullMarked
package io.ostraka.query.runs;

import org.jspecify.annotations.NullMarked;
