/** The page in a real browser, before a real viewer of a real root. */
@NullMarked
package io.ostraka.viewer.page;

import org.jspecify.annotations.NullMarked;
