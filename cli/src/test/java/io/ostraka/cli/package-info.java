/** Tests of the commands, run in this process with an environment of their own. */
@NullMarked
package io.ostraka.cli;

import org.jspecify.annotations.NullMarked;
