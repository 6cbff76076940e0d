/** Tests of plots in text. */
@NullMarked
package io.ostraka.cli.draw;

import org.jspecify.annotations.NullMarked;
