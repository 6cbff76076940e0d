/** Tests of rows, pages, differences and importance. */
@NullMarked
package io.ostraka.query.runs;

import org.jspecify.annotations.NullMarked;
