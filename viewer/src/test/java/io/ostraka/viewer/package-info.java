/** Tests of the viewer, and a server with a rich root to develop the page against. */
@NullMarked
package io.ostraka.viewer;

import org.jspecify.annotations.NullMarked;
