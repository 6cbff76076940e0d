/** Tests of formulas. */
@NullMarked
package io.ostraka.query.formula;

import org.jspecify.annotations.NullMarked;
