/**
 * SQL over a root: views with one row for each logged value, for a session of our own and as a
 * script for the stock DuckDB.
 *
 * <p>Beside stop 6 of the walk of a point. A session only reads: statements that are no questions
 * are refused, and DuckDB is locked to the root's files besides. It knows nothing of HTTP and
 * prints nothing.
 */
@NullMarked
package io.ostraka.query.sql;

import org.jspecify.annotations.NullMarked;
