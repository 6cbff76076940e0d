/**
 * Draws lines as text for terminals: a row of blocks, or a chart with axes. It stands after the
 * last stop of a point's walk, takes bins as queries give them, and reads and writes nothing.
 */
@NullMarked
package io.ostraka.cli.draw;

import org.jspecify.annotations.NullMarked;
