/**
 * The command {@code ostraka}: everything, thinly. Each command is one class, and this is the one
 * place of the application that reads the environment and the clock, names a concrete store and has
 * a {@code main}. It decides nothing about journals, shards or series; it says in words what the
 * other modules did.
 */
@NullMarked
package io.ostraka.cli;

import org.jspecify.annotations.NullMarked;
